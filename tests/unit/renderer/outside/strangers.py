"""Servers and name servers of people who mean no good."""

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

import psutil

from renderer.addresses import Address

HOST = "127.9.9.9"
# How long those wait who let others wait.
PAUSE_SECONDS = 0.05
# What the systems of both ends take between the programs, however little these want.
BUFFERS_BYTES = 16 * 2**20

PUBLIC = IPv4Address("93.184.216.34")
NAMES: dict[str, list[Address]] = {
    "localhost": [IPv4Address("127.0.0.1"), IPv6Address("::1")],
    "metadata.google.internal": [IPv4Address("169.254.169.254")],
    "postgres": [IPv4Address("172.18.0.2")],
    "rabbitmq": [IPv4Address("172.18.0.3")],
    "messages": [IPv4Address("172.18.0.4")],
    "mixed.test": [PUBLIC, IPv4Address("10.0.0.1")],
    "mixed6.test": [PUBLIC, IPv6Address("::1")],
    "mapped.test": [IPv6Address("::ffff:127.0.0.1")],
    "nat64.test": [IPv6Address("64:ff9b::7f00:1")],
    "zone.test": [IPv6Address("2606:4700::1111%1")],
    "stranger.test": [ip_address(HOST)],
}
NIP = re.compile(r"(?:.*\.)?(\d+\.\d+\.\d+\.\d+)\.nip\.io")

# Whoever says hello in TLS says no more until there is an answer.
ENDS_OR_IS_TLS = re.compile(rb"\r\n\r\n|^\x16")


def tell(host: str) -> list[Address]:
    """Resolve *host* as its owner likes; every other name is one of the public Internet."""
    if nip := NIP.fullmatch(host):
        return [IPv4Address(nip.group(1))]
    return NAMES.get(host.rstrip("."), [PUBLIC])


def ok(body: bytes, *headers: str, kind: str = "text/html") -> Iterator[bytes]:
    """Answer as one should."""
    lines = ["HTTP/1.1 200 OK", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
    yield "\r\n".join([*lines, "", ""]).encode() + body


def head(*headers: str, kind: str = "text/html") -> bytes:
    """Return the beginning of an answer that says nothing about its length."""
    return "\r\n".join(["HTTP/1.1 200 OK", f"Content-Type: {kind}", *headers, "", ""]).encode()


def redirect(location: str, status: int = 302) -> Iterator[bytes]:
    """Send whoever asks elsewhere."""
    yield f"HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


def open_by_us() -> int:
    """Return how many connections to a stranger this process holds."""
    connections = psutil.Process().net_connections("tcp")
    return sum(bool(connection.raddr) and connection.raddr[0] == HOST for connection in connections)


class Stranger:
    """A server that answers the path of a request with what `answer` yields, piece by piece.

    Attributes:
        heads: The requests, as they came.
        sent: How many bytes were taken from it.
        stopping: Set when nobody needs it any more.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answer: Callable[[str], Iterable[bytes]] = lambda _path: ok(b"hello")
        self.heads: list[str] = []
        self.sent = 0
        self.stopping = threading.Event()
        self._tls = tls
        self._listener = socket.create_server((HOST, 0))
        self.port = int(self._listener.getsockname()[1])
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"{'https' if self._tls else 'http'}://stranger.test:{self.port}"

    @property
    def url_by_address(self) -> str:
        """Where it is, for those who have no time to look its name up."""
        return self.url.replace("stranger.test", HOST)

    def slowly(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield *pieces* one at a time, as long as somebody listens."""
        for piece in pieces:
            yield piece
            if self.stopping.wait(PAUSE_SECONDS):
                return

    def close(self) -> None:
        """End it, whatever it is in the middle of."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while not self.stopping.is_set():
                connection, _ = self._listener.accept()
                self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
                self._threads[-1].start()

    def _serve(self, plain: socket.socket) -> None:
        plain.settimeout(30)
        with contextlib.suppress(OSError), plain, self._wrapped(plain) as connection:
            request = b""
            while not ENDS_OR_IS_TLS.search(request) and (more := connection.recv(4096)):
                request += more
            self.heads.append(request.decode("latin-1"))
            for piece in self.answer(self.heads[-1].split(" ")[1] if b" " in request else ""):
                connection.sendall(piece)
                self.sent += len(piece)

    def _wrapped(self, plain: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(plain, server_side=True) if self._tls else plain
