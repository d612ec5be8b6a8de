"""A Socket.IO server that tells its clients exactly what a test wants."""

import socket
import time

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Request, TextMessage


def event(number: int, *, chars: int = 0, age_seconds: float = 0) -> bytes:
    """Return the frame of an event, published so long ago."""
    at_ns = time.monotonic_ns() - round(age_seconds * 1e9)
    return frame(f'42["updated_model",{{"source":"stamp={number:08d},{at_ns:020d}{"x" * chars}"}}]')


def frame(packet: str) -> bytes:
    """Return the WebSocket frame of a packet."""
    return connection().send(TextMessage(data=packet))


def connection() -> WSConnection:
    """Return the server's side of an open WebSocket."""
    opened = WSConnection(ConnectionType.SERVER)
    opened.receive_data(
        b"GET / HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    opened.send(AcceptConnection())
    return opened


class Server:
    """Lets clients in, and keeps what they say."""

    def __init__(self) -> None:
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self.sockets: list[socket.socket] = []
        self._websockets: list[WSConnection] = []

    def let_in(self, count: int) -> None:
        """Take *count* clients through the handshake."""
        for _ in range(count):
            client, _address = self._door.accept()
            client.settimeout(10)
            self.sockets.append(client)
            self._websockets.append(WSConnection(ConnectionType.SERVER))
            assert isinstance(self._next(-1), Request)
            client.sendall(self._websockets[-1].send(AcceptConnection()) + frame('0{"sid":"x"}'))
            assert self.heard() == "40"
            client.sendall(frame('40{"sid":"y"}'))

    def heard(self, client: int = -1) -> str:
        """Return what a client says next."""
        said = self._next(client)
        assert isinstance(said, TextMessage)
        return said.data

    def close(self) -> None:
        """Hang up on everybody."""
        for one in (self._door, *self.sockets):
            one.close()

    def _next(self, client: int) -> object:
        websocket = self._websockets[client]
        while (said := next(websocket.events(), None)) is None:
            websocket.receive_data(self.sockets[client].recv(4096))
        return said
