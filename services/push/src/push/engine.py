"""Has engineio make its connections of ours, and looks after them."""

import threading
import time
from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any, Final

import engineio.server
import structlog

from push.connection import Connection
from push.metrics import CONNECTIONS, LOOP_LAG, WAITING_BYTES

log = structlog.get_logger(__name__)

TICK_SECONDS: Final = 0.5
TRANSPORTS: Final = ("polling", "websocket")

# There is no public way to choose; a test notices when this is not where engineio looks for it.
engineio.server.socket = SimpleNamespace(Socket=Connection)


def connections(engine: Any) -> Iterator[Connection]:
    """Return all connections of *engine*, an engineio server, that are not over."""
    return (connection for connection in tuple(engine.sockets.values()) if not connection.closed)


def wait_for_nobody(engine: Any) -> None:
    """Have *engine* disconnect a client without waiting for it.

    As engineio comes, it waits until the client has fetched what is left for it: for ever, if the client will not.
    """
    engine.disconnect = partial(_disconnect, engine)


def measure(engine: Any) -> None:
    """Have the metrics tell of the connections of *engine*, whenever they are asked for."""
    for transport in TRANSPORTS:
        CONNECTIONS.labels(transport).set_function(partial(_count, engine, transport))
    WAITING_BYTES.set_function(lambda: sum(connection.waiting_bytes for connection in connections(engine)))


def look_after(engine: Any, stopping: threading.Event) -> None:
    """Let clients go that do not answer or read, and measure how late those who wait are woken, until *stopping*."""
    due_at = time.monotonic() + TICK_SECONDS
    while not stopping.wait(TICK_SECONDS):
        now = time.monotonic()
        LOOP_LAG.observe(max(0.0, now - due_at))
        try:
            for connection in connections(engine):
                connection.check(now)
        except Exception:
            log.exception("unexpected_error")  # nobody else would let go those who do not answer
        due_at = time.monotonic() + TICK_SECONDS


def _disconnect(engine: Any, engine_id: str) -> None:
    connection = engine.sockets.get(engine_id)
    if connection is not None:
        connection.close()


def _count(engine: Any, transport: str) -> int:
    return sum(connection.transport == transport for connection in connections(engine))
