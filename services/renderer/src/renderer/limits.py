"""How long a connection to a stranger may last and how much it may bring, whatever is done with it."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address
from typing import Any, Literal, TypeAlias

from renderer.addresses import Address

Cause: TypeAlias = Literal["dns", "connect", "tls", "timeout", "protocol"]


class UnreachableError(Exception):
    """No rule is against it, but it cannot be had.

    Attributes:
        reason: Where it failed: `dns`, `connect`, `tls`, `timeout` or `protocol` (what came is no HTTP, or too much).
    """

    def __init__(self, reason: Cause) -> None:
        super().__init__(reason)
        self.reason: Cause = reason


class Limits:
    """What is left of the time and of the bytes of a connection; once closed, there is no connection.

    Args:
        deadline: An instant of `time.monotonic`.
        max_bytes: How much may be received, until more is allowed.
    """

    def __init__(self, deadline: float, max_bytes: int) -> None:
        self.deadline = deadline
        self._bytes_left = max_bytes
        self._connection: LimitedSocket | LimitedTLSSocket | None = None

    def bind(self, connection: "LimitedSocket | LimitedTLSSocket") -> None:
        """Hold for *connection* from now on."""
        connection.limits = self
        self._connection = connection

    def close(self) -> None:
        """Close the connection even if somebody still reads from it as from a file."""
        if self._connection is not None and (descriptor := self._connection.detach()) >= 0:
            socket.close(descriptor)

    def seconds_left(self) -> float:
        """Return how long may be waited now; more than nothing.

        Raises:
            UnreachableError: The deadline has passed.
        """
        if (left := self.deadline - time.monotonic()) <= 0:
            raise UnreachableError("timeout")
        return left

    @contextmanager
    def waiting(self, connection: socket.socket) -> Iterator[None]:
        """Let *connection* wait inside the block until the deadline.

        Raises:
            UnreachableError: The deadline has passed.
        """
        connection.settimeout(self.seconds_left())
        try:
            yield
        except TimeoutError as error:
            raise UnreachableError("timeout") from error

    def allow(self, more_bytes: int) -> None:
        """Let *more_bytes* be received."""
        self._bytes_left += more_bytes

    def count(self, received_bytes: int) -> int:
        """Return *received_bytes*, once counted.

        Raises:
            UnreachableError: That is too much.
        """
        self._bytes_left -= received_bytes
        if self._bytes_left < 0:
            raise UnreachableError("protocol")
        return received_bytes


class LimitedSocket(socket.socket):
    """A socket whose every wait ends at the deadline; `http.client` uses these two methods only."""

    limits: Limits

    def recv_into(self, *args: Any) -> int:
        """Receive as a socket does, within the limits."""
        with self.limits.waiting(self):
            return self.limits.count(super().recv_into(*args))

    def sendall(self, *args: Any) -> None:
        """Send as a socket does, within the limits."""
        with self.limits.waiting(self):
            super().sendall(*args)


class LimitedTLSSocket(ssl.SSLSocket):
    """The same over TLS."""

    limits: Limits

    def recv_into(self, *args: Any) -> int:
        """Receive as a socket does, within the limits."""
        with self.limits.waiting(self):
            return self.limits.count(super().recv_into(*args))

    def send(self, *args: Any) -> int:
        """Send as a socket does, within the limits; `sendall` goes through here."""
        with self.limits.waiting(self):
            return super().send(*args)


def open_socket(address: Address, port: int, limits: Limits, *, seconds: float) -> LimitedSocket:
    """Return a socket that is connected to *address*.

    Raises:
        OSError: It cannot be connected to, or not within *seconds*.
    """
    family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
    connection = LimitedSocket(family, socket.SOCK_STREAM)
    try:
        limits.bind(connection)
        connection.settimeout(seconds)
        connection.connect((str(address), port))
    except BaseException:
        connection.close()
        raise
    return connection
