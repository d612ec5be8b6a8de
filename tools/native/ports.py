"""Ports on the loopback interface: free ones for what is private, the asked-for one for the gateway."""

import random
import socket
from collections.abc import Callable, Mapping
from typing import TypeAlias

from tools.native.errors import NativeError, PortTakenError

PortChoice: TypeAlias = Callable[[], int]

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8080
HIGHEST_PORT = 65535

# Below Linux's ephemeral range, so that no outgoing connection takes one between the choice and the use.
PRIVATE_PORTS = range(20_000, 32_768)


def is_free(port: int) -> bool:
    """Return whether a server could listen on *port* now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


class PrivatePorts:
    """Free ports, none given out twice."""

    def __init__(self) -> None:
        self._given: set[int] = set()

    def take(self) -> int:
        """Return a port that nobody listens on."""
        # Random, so that runners which start together do not all try the same one.
        candidates = random.sample(PRIVATE_PORTS, k=len(PRIVATE_PORTS))
        port = next((port for port in candidates if port not in self._given and is_free(port)), None)
        if port is None:
            raise PortTakenError("No free port was found on 127.0.0.1.")
        self._given.add(port)
        return port


def gateway_port_choice(environ: Mapping[str, str], tell: Callable[[str], None]) -> PortChoice:
    """Return what chooses the gateway's port: `PORT`, or else 8080 or the next free one.

    Raises:
        NativeError: `PORT` is no port number.
    """
    asked = environ.get("PORT", "")
    if not asked:
        return lambda: _default_or_next(tell)
    if not asked.isascii() or not asked.isdigit() or not 1 <= int(asked) <= HIGHEST_PORT:
        raise NativeError(f"PORT must be a number from 1 to {HIGHEST_PORT}, not {asked!r}.")
    return lambda: exactly(int(asked))


def exactly(port: int) -> int:
    """Return *port*.

    Raises:
        PortTakenError: Something else listens on it.
    """
    if not is_free(port):
        raise PortTakenError(f"Port {port} is not free; choose another, for example: make run PORT={port + 1}")
    return port


def _default_or_next(tell: Callable[[str], None]) -> int:
    port = next((port for port in range(DEFAULT_PORT, HIGHEST_PORT + 1) if is_free(port)), None)
    if port is None:
        raise PortTakenError(f"No port from {DEFAULT_PORT} on is free.")
    if port != DEFAULT_PORT:
        tell(f"Port {DEFAULT_PORT} is taken; using {port}.")
    return port
