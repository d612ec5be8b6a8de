"""A client of push that sends whatever bytes it likes."""

import os
import socket
import struct
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, Self
from urllib.parse import urlsplit

PATH: Final = "/socket.io/?EIO=4&transport=websocket"
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
SHORT, TWO_BYTES, EIGHT_BYTES = 125, 126, 127
RECEIVE_BYTES: Final = 64 * 1024
DEADLINE_SECONDS: Final = 20.0


def frame(
    payload: bytes | str, opcode: int = TEXT, *, fin: bool = True, rsv: int = 0, mask: bool = True, length: int = -1
) -> bytes:
    """Return a WebSocket frame (RFC 6455 section 5.2), which need not be a good one.

    Args:
        rsv: The three reserved bits.
        length: What it says that its length is; by default that is true.
    """
    data = payload.encode() if isinstance(payload, str) else payload
    length = len(data) if length < 0 else length
    key = os.urandom(4) if mask else b""
    first, masked = fin << 7 | rsv << 4 | opcode, mask << 7
    if length <= SHORT:
        head = bytes((first, masked | length))
    elif length < 1 << 16:
        head = struct.pack("!BBH", first, masked | TWO_BYTES, length)
    else:
        head = struct.pack("!BBQ", first, masked | EIGHT_BYTES, length)
    return head + key + (_masked(data, key) if mask else data)


def _masked(data: bytes, key: bytes) -> bytes:
    whole = (key * (len(data) // 4 + 1))[: len(data)]
    return (int.from_bytes(data) ^ int.from_bytes(whole)).to_bytes(len(data))


def handshake(host: str, *, path: str = PATH, **headers: str) -> bytes:
    """Return the request for a WebSocket; *headers* replace its own, and are left out where they are empty."""
    told = {
        "Host": host,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": b64encode(os.urandom(16)).decode(),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items() if value)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


class RawWebSocket:
    """A TCP connection to where a WebSocket may be had.

    Attributes:
        received: All that has come so far.
    """

    def __init__(self, url: str) -> None:
        self.host = urlsplit(url).netloc
        name, _, port = self.host.partition(":")
        self._socket = socket.create_connection((name, int(port)), timeout=DEADLINE_SECONDS)
        self.received = b""

    def send(self, *parts: bytes) -> None:
        """Send *parts*, one after the other; whoever is cut off meanwhile sends no more."""
        with suppress(OSError):
            for part in parts:
                self._socket.sendall(part)

    def receive(self, *, until: bytes) -> Self:
        """Wait until *until* has come."""
        while until not in self.received:
            data = self._socket.recv(RECEIVE_BYTES)
            assert data, f"hung up after {self.received[-200:]!r}"
            self.received += data
        return self

    def join(self, **headers: str) -> Self:
        """Shake hands, and join as anybody may."""
        self.send(handshake(self.host, **headers))
        self.receive(until=b'"sid"')
        self.send(frame("40"))
        return self.receive(until=b'40{"sid"')

    def is_cut_off(self, *, seconds: float = DEADLINE_SECONDS) -> bool:
        """Whether the other side hangs up within *seconds* of silence."""
        self._socket.settimeout(seconds)
        try:
            while data := self._socket.recv(RECEIVE_BYTES):
                self.received += data
        except TimeoutError:
            return False
        except ConnectionError:
            pass
        return True

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


@contextmanager
def raw(url: str) -> Iterator[RawWebSocket]:
    """Be connected for as long as the block lasts."""
    client = RawWebSocket(url)
    try:
        yield client
    finally:
        client.close()
