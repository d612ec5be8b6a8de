"""Servers that are measured, one at a time."""

import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import psutil

from bench.push.errors import BenchmarkError

EMIT_SECONDS = 10.0


class Server(Protocol):
    """One that runs."""

    @property
    def port(self) -> int:
        """Where its clients connect."""

    @property
    def pid(self) -> int:
        """Its first process."""

    def emit(self, first: int, count: int, *, per_second: float | None = None, in_one_go: bool = False) -> None:
        """Have all clients be told of messages, from number *first* on.

        Args:
            per_second: As fast as it goes by default.
            in_one_go: Whether the server, if it makes them itself, does nothing else until all are made.
        """


# Starts a server that has the server's core for itself, and tells of messages of so many paragraphs.
Start: TypeAlias = Callable[[int], AbstractContextManager[Server]]


@dataclass(frozen=True, kw_only=True)
class Told:
    """A server that tells its clients of messages when it is asked to over HTTP."""

    port: int
    pid: int

    def emit(self, first: int, count: int, *, per_second: float | None = None, in_one_go: bool = False) -> None:
        """Ask it; it goes on by itself."""
        gap_us = round(1e6 / per_second) if per_second else 0
        query = f"first={first}&count={count}&gap_us={gap_us}&turns={int(not in_one_go)}"
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/emit?{query}", timeout=EMIT_SECONDS):
            pass


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Of a server and all its processes, in bytes: what it holds, and its share of what others hold too."""

    resident: int
    proportional: int


def memory(server: Server) -> Memory:
    """Return what *server* uses now.

    Raises:
        BenchmarkError: It has died.
    """
    try:
        leader = psutil.Process(server.pid)
        used = [process.memory_full_info() for process in (leader, *leader.children(recursive=True))]
    except psutil.NoSuchProcess:
        raise BenchmarkError("The server has died.") from None
    return Memory(resident=sum(one.rss for one in used), proportional=sum(one.pss for one in used))
