"""A stranger's server, and a look at every connection that this process opens."""

import sys
import time
from collections.abc import Callable, Iterator
from ipaddress import IPv4Network
from typing import Any

import pytest

from renderer.outside import Fetched, Outside
from tests.unit.renderer.outside.strangers import HOST, Stranger, tell

Fetch = Callable[..., Fetched]
SEEN: list[Any] = []
HTML = frozenset({"text/html", "application/xhtml+xml"})


def see(event: str, args: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"} and isinstance(args[1], tuple):
        SEEN.append(args[1][:2])
    if event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        SEEN.append(args[0])


sys.addaudithook(see)  # it stays until the process ends


@pytest.fixture
def connects() -> list[Any]:
    """Every address that is connected to, and every name that the system is asked for."""
    SEEN.clear()
    return SEEN


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    server = Stranger()
    yield server
    server.close()


@pytest.fixture(scope="session")
def outside() -> Outside:
    """May ask the stranger, who is not public."""
    return Outside(allowed=[IPv4Network(f"{HOST}/32")], resolve=tell)


@pytest.fixture
def fetch(outside: Outside) -> Fetch:
    """Fetches HTML, a hundred thousand bytes at most, with more time than any machine needs."""

    def fetch(url: str, *, seconds: float = 60, max_bytes: int = 100_000) -> Fetched:
        return outside.fetch(url, types=HTML, max_bytes=max_bytes, deadline=time.monotonic() + seconds)

    return fetch
