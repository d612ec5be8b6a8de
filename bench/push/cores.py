"""One core for the server that is measured, another for all else."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from bench.push.errors import BenchmarkError


def cores() -> tuple[int, int]:
    """Return the server's core and that of all else.

    Raises:
        BenchmarkError: This process may only use one.
    """
    server, *others = sorted(os.sched_getaffinity(0))
    if not others:
        raise BenchmarkError("Two cores are needed: one for the server, one for its clients.")
    return server, others[0]


@contextmanager
def pinned(core: int) -> Iterator[None]:
    """Keep this thread to *core* for as long as the block lasts, and whatever it starts in there for ever."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
