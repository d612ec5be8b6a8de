"""Closes the holes of simple-websocket 1.1.0 under gevent.

As it comes it sends with `send`, which may cut a large frame short; lets two
greenlets write into each other's frames; and inflates 19 KB to 20 MB when a
client asks for compression.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR
from typing import Any, Final

from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from engineio.async_drivers.gevent import Thread
from gevent.event import Event
from gevent.lock import RLock
from gevent.selectors import DefaultSelector

MAX_MESSAGE_BYTES: Final = 64 * 1024
RECEIVE_BYTES: Final = 16 * 1024


class WholeSends:
    """A socket whose `send` writes all, one writer after the other."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._lock = RLock()

    def send(self, data: bytes) -> int:
        """Write all of *data* before anybody else writes; return its length."""
        with self._lock:
            self._socket.sendall(data)
        return len(data)

    def cut(self) -> None:
        """End the connection, whoever reads or writes on it right now."""
        with suppress(OSError):
            self._socket.shutdown(SHUT_RDWR)

    def __getattr__(self, name: str) -> Any:
        """Leave everything else as it is."""
        return getattr(self._socket, name)


class OpenSockets:
    """The connections of all WebSockets."""

    def __init__(self) -> None:
        self._sockets: set[WholeSends] = set()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._sockets)

    @contextmanager
    def holding(self, socket: WholeSends) -> Iterator[None]:
        """Count *socket* among them for as long as the block lasts."""
        self._sockets.add(socket)
        try:
            yield
        finally:
            self._sockets.discard(socket)

    def cut(self) -> None:
        """End them all."""
        for socket in tuple(self._sockets):
            socket.cut()


class WebSocket(SimpleWebSocketWSGI):  # type: ignore[misc]  # engineio has no types
    """What engineio runs a WebSocket connection with."""

    def __init__(self, handler: Any, server: Any, *, open_sockets: OpenSockets) -> None:
        self._open_sockets = open_sockets
        super().__init__(
            handler,
            server,
            thread_class=Thread,
            event_class=Event,
            selector_class=DefaultSelector,
            max_message_size=MAX_MESSAGE_BYTES,
            receive_bytes=RECEIVE_BYTES,
        )

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Serve one connection, without extensions."""
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        socket = environ["gunicorn.socket"] = WholeSends(environ["gunicorn.socket"])
        with self._open_sockets.holding(socket):
            return super().__call__(environ, start_response)
