"""Tells all clients at once: every event is encoded once, and all that wait leave in one write for each client."""

from collections.abc import Sequence
from typing import Any, Final

from engineio.packet import MESSAGE
from engineio.packet import Packet as EnginePacket
from socketio import Manager
from socketio.packet import EVENT

from push.connection import Connection
from push.frames import frame
from push.metrics import BATCH, SENT, SENT_BYTES

NAMESPACE: Final = "/"


class FanOut(Manager):  # type: ignore[misc]  # python-socketio has no types
    """The client manager of python-socketio, with a short way to everybody."""

    def tell_all(self, event: str, arguments: Sequence[Any]) -> None:
        """Send *event* to every client once for each of *arguments*, in their order."""
        packets = [self._packet(event, argument) for argument in arguments]
        frames = b"".join([frame(packet.encode()) for packet in packets])
        clients = self._clients()
        for connection in clients:
            connection.push(frames, packets)
        BATCH.observe(len(packets))
        SENT.inc(len(packets) * len(clients))
        SENT_BYTES.inc(len(frames) * len(clients))

    def _clients(self) -> list[Connection]:
        """Return the connections of all who have been let in."""
        find = self.server.eio.sockets.get
        waiting = set(self.pending_connect.get(NAMESPACE, ()))
        found = [find(key) for client, key in self.get_participants(NAMESPACE, None) if client not in waiting]
        return [connection for connection in found if connection is not None and not connection.closed]

    def _packet(self, event: str, argument: Any) -> EnginePacket:
        packet = self.server.packet_class(EVENT, data=[event, argument], namespace=NAMESPACE)
        return EnginePacket(MESSAGE, packet.encode())
