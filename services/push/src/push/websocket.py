"""The WebSocket of one client (RFC 6455): wsproto reads it, `Outgoing` writes it.

engineio would use simple-websocket 1.1.0. Under gevent it sends with `send`, so that a large frame may be cut short,
lets two greenlets write into each other's frames, and inflates 19 KB to 20 MB when a client asks for compression.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, Final

import gevent
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Event, Message, Ping, Request, TextMessage
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from push.limits import FRAMES_AT_ONCE, FRAMES_PER_SECOND, Bucket
from push.outgoing import Outgoing, Reason

MAX_MESSAGE_BYTES: Final = 64 * 1024
RECEIVE_BYTES: Final = 16 * 1024
# How long a client may take to hang up after a goodbye.
HANG_UP_SECONDS: Final = 1.0

Cut = Callable[[Reason], object]


class WebSocket:
    """A connection that has been upgraded, without extensions.

    Args:
        environ: The request, of gunicorn.
        on_cut: Told why, if the connection is cut off.
    """

    def __init__(self, environ: dict[str, Any], on_cut: Cut) -> None:
        self._socket = environ["gunicorn.socket"]
        self._protocol = WSConnection(ConnectionType.SERVER)
        self._messages: deque[str | bytes] = deque()
        self._parts: list[str | bytes] = []
        self._part_bytes = 0
        self._is_open = True
        self._frames = Bucket(FRAMES_PER_SECOND, FRAMES_AT_ONCE)
        self.outgoing = Outgoing(self._socket, on_cut)
        self._shake_hands(environ)

    @property
    def is_open(self) -> bool:
        """Whether nobody has said goodbye; false too if the request was none that could be upgraded."""
        return self._is_open

    def wait(self, seconds: float | None = None) -> str | bytes | None:
        """Return the next message of the client; None when there will be none.

        Args:
            seconds: How long the client may be silent; None leaves that to whoever closes the connection.
        """
        self._socket.settimeout(seconds)
        while not self._messages:
            if not self._is_open:
                return None
            self._receive()
        return self._messages.popleft()

    def close(self, code: int = CloseReason.NORMAL_CLOSURE, reason: str = "") -> None:
        """Say goodbye; what the client sends from now on is for nobody, and soon the connection ends."""
        if self._is_open:
            self._is_open = False
            self._write(CloseConnection(code, reason))
            gevent.spawn_later(HANG_UP_SECONDS, self.outgoing.cut, "silent")

    def _shake_hands(self, environ: dict[str, Any]) -> None:
        headers = [
            (name[5:].replace("_", "-").encode(), value.encode("latin-1"))
            for name, value in environ.items()
            if name.startswith("HTTP_")
        ]
        try:
            self._protocol.initiate_upgrade_connection(headers, environ["PATH_INFO"])
            self._handle_events()
        except RemoteProtocolError as error:
            self._is_open = False
            if error.event_hint is not None:
                self._write(error.event_hint)

    def _receive(self) -> None:
        try:
            self._protocol.receive_data(self._socket.recv(RECEIVE_BYTES) or None)
            self._handle_events()
        except OSError:
            self._is_open = False

    def _handle_events(self) -> None:
        for event in self._protocol.events():
            if self._frames.take():
                self._is_open = False
                self.outgoing.cut("flooding")
                return
            match event:
                case Request():
                    self._write(AcceptConnection())
                case TextMessage() | BytesMessage():
                    self._take(event)
                case Ping():
                    self._write(event.response())
                case CloseConnection() if self._is_open:
                    # Also what wsproto makes of a frame that breaks the rules, and of a connection that is gone.
                    self._is_open = False
                    self._write(event.response())

    def _take(self, part: Message[Any]) -> None:
        self._part_bytes += len(part.data) if isinstance(part.data, bytes) else len(part.data.encode())
        if self._part_bytes > MAX_MESSAGE_BYTES:
            self.close(CloseReason.MESSAGE_TOO_BIG, "A message has at most 65,536 bytes.")
            return
        if part.data:
            self._parts.append(part.data)
        if part.message_finished:
            self._messages.append(part.data[:0].join(self._parts))
            self._parts.clear()
            self._part_bytes = 0

    def _write(self, event: Event) -> None:
        try:
            self.outgoing.write(self._protocol.send(event))
        except LocalProtocolError:
            self._is_open = False  # goodbye has been said already
