"""One client of engineio: what is for it leaves at once by its WebSocket, or waits until it polls."""

import time
from collections.abc import Sequence
from typing import Any, Final

import gevent
import structlog
from engineio.exceptions import QueueEmpty, SocketIsClosedError, UnknownPacketError
from engineio.packet import NOOP, PING, PONG, UPGRADE, Packet
from engineio.socket import Socket
from gevent.queue import Empty

from push.frames import frame
from push.limits import PACKETS_AT_ONCE, PACKETS_PER_SECOND, Bucket
from push.metrics import CUT_OFF
from push.outgoing import MAX_WAITING_BYTES, Reason
from push.packets import is_packet
from push.websocket import WebSocket

log = structlog.get_logger(__name__)

# Clients in Python, as they come, refuse more at once.
PACKETS_A_POLL: Final = 16
PROBE_SECONDS: Final = 20.0


class Connection(Socket):  # type: ignore[misc]  # engineio has no types
    """As engineio has it, but that a WebSocket has neither queue nor writer: what is sent is written right there."""

    def __init__(self, server: Any, client_id: str) -> None:
        super().__init__(server, client_id)
        self.last_ping: float | None
        self.upgrading: bool
        self.websocket: WebSocket | None = None
        self._next_websocket: WebSocket | None = None
        self._next_ping: Any = None
        self._queued_bytes = 0
        self._packets = Bucket(PACKETS_PER_SECOND, PACKETS_AT_ONCE)

    @property
    def transport(self) -> str:
        """What the client is reached by right now."""
        return "polling" if self.websocket is None else "websocket"

    @property
    def waiting_bytes(self) -> int:
        """How much waits for the client, beyond what the kernel holds."""
        return self._queued_bytes if self.websocket is None else self.websocket.outgoing.waiting_bytes

    def send(self, pkt: Packet) -> None:
        """Send *pkt* after all that was sent before.

        Raises:
            SocketIsClosedError: The connection is over.
        """
        if self.check_ping_timeout():
            self.push(frame(pkt.encode()), [pkt])

    def push(self, frames: bytes, packets: Sequence[Packet]) -> None:
        """Send *packets*, whose WebSocket frames are *frames*; both are made once, for however many clients."""
        if self.websocket is not None:
            self.websocket.outgoing.write(frames)
        elif self._queued_bytes > MAX_WAITING_BYTES:
            self.cut("slow")
        else:
            for packet in packets:
                self._queued_bytes += len(packet.encode())
                self.queue.put(packet)

    def poll(self) -> list[Packet]:
        """Return what waits for the client, or what comes first; nothing when the connection is over.

        Raises:
            QueueEmpty: Nothing came.
        """
        try:
            packets = [self.queue.get(timeout=self.server.ping_interval + self.server.ping_timeout)]
        except Empty:
            raise QueueEmpty from None
        while len(packets) < PACKETS_A_POLL and not self.queue.empty():
            packets.append(self.queue.get_nowait())
        if None in packets:  # all that comes after it is nothing
            self.queue.put(None)
        sent = [packet for packet in packets if packet is not None]
        self._queued_bytes = max(0, self._queued_bytes - sum(len(packet.encode()) for packet in sent))
        return sent

    def receive(self, pkt: Packet) -> None:
        """Take a packet of the client.

        Raises:
            UnknownPacketError: It is none of a client's.
            SocketIsClosedError: It is one too many, and the connection is over.
        """
        if self._packets.take():
            self.cut("flooding")
            raise SocketIsClosedError
        super().receive(pkt)

    def handle_post_request(self, environ: dict[str, Any]) -> None:
        """Take what a client that polls has posted.

        Raises:
            EngineIOError: The connection is over.
        """
        try:
            super().handle_post_request(environ)
        except ValueError as error:  # which engineio would only log
            raise UnknownPacketError from error

    def check(self, now: float) -> None:
        """Let the client go if it does not answer or read any more; *now* is of `time.monotonic`."""
        if self.check_ping_timeout() and self.websocket is not None:
            self.websocket.outgoing.check(now)

    def cut(self, reason: Reason) -> None:
        """End the connection at once, and drop what waits for the client."""
        if self.websocket is not None:
            self.websocket.outgoing.cut(reason)
        else:
            self._note_cut(reason)
            self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_ERROR)

    def schedule_ping(self) -> None:
        """Ping after a while; as engineio has it, that takes a stack which sleeps until then."""
        if self.last_ping:
            self.last_ping = None
            self._next_ping = gevent.spawn_later(self.server.ping_interval, self._ping)

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:  # noqa: FBT001, FBT002 - engineio's
        """Close the connection; nobody waits for the client."""
        del wait
        super().close(wait=False, abort=abort, reason=reason)
        # engineio would keep it for a while, and answer its requests with an error of its own.
        self.server.sockets.pop(self.sid, None)
        if self._next_ping is not None:
            self._next_ping.kill(block=False)  # which would keep all of this until then
        for websocket in filter(None, (self.websocket, self._next_websocket)):
            websocket.close()

    def _note_cut(self, reason: Reason) -> None:
        log.info("client_cut_off", engine_id=self.sid, reason=reason, transport=self.transport)
        CUT_OFF.labels(reason).inc()

    def _ping(self) -> None:
        if not self.closing and not self.closed:
            self.last_ping = time.time()  # by which engineio tells whether a client is late
            self.send(Packet(PING))

    def _upgrade_websocket(self, environ: dict[str, Any], _start_response: Any) -> Any:
        """Serve the request of a WebSocket until that ends; the socket is gunicorn's to close."""
        websocket = WebSocket(environ, self._note_cut)
        try:
            if not self.connected or self._moves_to(websocket):
                self._live_with(websocket)
        finally:
            websocket.outgoing.end()
            if self.websocket is websocket:
                self.websocket = None
        raise StopIteration  # to gunicorn: the connection is done with

    def _moves_to(self, websocket: WebSocket) -> bool:
        """Whether a client that polls so far goes on with *websocket*; meanwhile what is sent waits in the queue."""
        if self.upgrading or self.upgraded:
            return False
        self.upgrading, self._next_websocket = True, websocket
        try:
            if not is_packet(websocket.wait(PROBE_SECONDS), PING, "probe"):
                return False
            websocket.outgoing.write(frame(Packet(PONG, "probe").encode()))
            self.queue.put(Packet(NOOP))  # ends the poll
            return is_packet(websocket.wait(PROBE_SECONDS), UPGRADE) and not self.closed
        finally:
            self.upgrading, self._next_websocket = False, None

    def _live_with(self, websocket: WebSocket) -> None:
        self.connected = self.upgraded = True
        if websocket.is_open:
            self._go_on_with(websocket)
        while (message := websocket.wait()) is not None and self._takes(message):
            pass
        self.close(abort=True, reason=self.server.reason.TRANSPORT_CLOSE)

    def _go_on_with(self, websocket: WebSocket) -> None:
        # Nothing here waits, so that nobody sends anything in between.
        while not self.queue.empty():
            packet = self.queue.get_nowait()
            if packet is not None and packet.packet_type != NOOP:
                websocket.outgoing.write(frame(packet.encode()))
        self._queued_bytes = 0
        self.websocket = websocket

    def _takes(self, message: str | bytes) -> bool:
        """Whether *message* is one of engineio's; who sends others is not listened to any more."""
        try:
            self.receive(Packet(encoded_packet=message))
        except (UnknownPacketError, ValueError, RecursionError, SocketIsClosedError):
            return False
        return True
