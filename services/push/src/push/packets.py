"""What clients may send: packets of text, with JSON that is JSON. Whoever sends another is cut off; nothing is kept."""

import json
from collections.abc import Callable
from typing import Any, Final

import structlog
from engineio.packet import Packet as EnginePacket
from engineio.payload import Payload
from socketio.packet import CONNECT, DISCONNECT, EVENT, Packet

from chassis.bodies import loads
from push.limits import PACKETS_AT_ONCE
from push.metrics import CUT_OFF

log = structlog.get_logger(__name__)

# No acknowledgements: nobody asks clients for one. No attachments: nothing here is binary.
FROM_CLIENTS: Final = {CONNECT, DISCONNECT, EVENT}
# What libraries tell of connections, and their word for any event; from a client it would pass for theirs.
RESERVED: Final = {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener", "*"}

# As it comes, 16: but whoever polls posts all that waits in one go, and loses what is too much.
Payload.max_decode_packets = PACKETS_AT_ONCE

Take = Callable[[str, Any], object]


class MalformedPacketError(ValueError):
    """No client of Socket.IO sends this."""


class Json:
    """JSON as the libraries ask for it."""

    dumps = staticmethod(json.dumps)
    loads = staticmethod(loads)


class TextPacket(Packet):  # type: ignore[misc]  # python-socketio has no types
    """A packet of Socket.IO, either way, without binary attachments."""

    uses_binary_events = False

    def decode(self, encoded_packet: str) -> int:
        """Read what a client has sent; return how many attachments follow: none.

        Raises:
            ValueError: It is nothing that clients may send.
        """
        attachments = super().decode(encoded_packet)
        if attachments or self.packet_type not in FROM_CLIENTS:
            raise MalformedPacketError(f"no packet of a client: type {self.packet_type}")
        if self.packet_type == EVENT and not _is_event(self.data):
            raise MalformedPacketError("no event")
        return 0


def _is_event(data: Any) -> bool:
    return isinstance(data, list) and bool(data) and isinstance(data[0], str) and data[0] not in RESERVED


def cut_off_malformed(engine: Any) -> None:
    """Have *engine*, an engineio server, end the connection of whoever sends what is no packet."""
    take: Take = engine.handlers["message"]

    def take_or_cut_off(engine_id: str, data: Any) -> None:
        try:
            # Engine.IO has read as JSON, or as bytes, what is no packet of Socket.IO.
            if not isinstance(data, str) or not data:
                raise MalformedPacketError("no text")
            take(engine_id, data)
        except ValueError as error:
            log.info("client_cut_off", engine_id=engine_id, reason="malformed", error=repr(error)[:200])
            CUT_OFF.labels("malformed").inc()
            if connection := engine.sockets.get(engine_id):
                connection.close(abort=True)

    engine.on("message", take_or_cut_off)


def is_packet(message: str | bytes | None, kind: int, data: str | None = None) -> bool:
    """Whether *message* is a packet of Engine.IO of this kind, and has *data* if any is given."""
    try:
        packet = EnginePacket(encoded_packet=message or "")
    except (ValueError, RecursionError):
        return False
    return packet.packet_type == kind and (data is None or packet.data == data)
