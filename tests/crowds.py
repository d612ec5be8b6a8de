"""As many connections as there are places for."""

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from chassis import gunicorn

# What this process has open besides.
OTHER_FILES = 1000


@contextmanager
def crowded(address: str, port: int) -> Iterator[None]:
    """Take all places of whatever listens at *port* of *address*, for as long as the block lasts."""
    with ExitStack() as clients, _open_files(gunicorn.worker_connections + OTHER_FILES):
        for _ in range(gunicorn.worker_connections):
            clients.enter_context(socket.create_connection((address, port), timeout=10))
        yield


@contextmanager
def _open_files(count: int) -> Iterator[None]:
    """Let this process have so many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
