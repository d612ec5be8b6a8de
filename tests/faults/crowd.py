"""Everybody who wants to see every message: each kind of Socket.IO client, and a reader."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Self

from tests.faults.clients import KINDS, Client, ResumingClient
from tests.faults.reader import Reader
from tests.people import eventually

READY_SECONDS = 30.0


class Crowd:
    """Clients that begin at the same cursor.

    Args:
        token: What those who log in speak with.
    """

    def __init__(self, base_url: str, *, token: str, cursor: str | None) -> None:
        sockets = [ResumingClient(base_url, kind, token=token, cursor=cursor) for kind in KINDS]
        self._clients: list[Client] = [*sockets, Reader(base_url, cursor=cursor)]

    @contextmanager
    def present(self) -> Iterator[Self]:
        """Be there for as long as the block lasts, and before it begins."""
        try:
            for client in self._clients:
                client.start()
            assert eventually(lambda: not self.absent, seconds=READY_SECONDS), f"not connected: {self.absent}"
            yield self
        finally:
            for client in self._clients:
                client.ask_to_stop()
            for client in self._clients:
                client.join()

    @property
    def absent(self) -> list[str]:
        """The names of those who are not connected, or have not read yet what they missed."""
        return [client.name for client in self._clients if not client.is_current]

    def seen(self) -> Mapping[str, frozenset[str]]:
        """Return the sources that each has seen rendered, by its name."""
        return {client.name: client.board.rendered() for client in self._clients}
