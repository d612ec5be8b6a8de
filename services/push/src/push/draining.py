"""Lets clients go, so that they connect again: to another replica when this one stops, or to hear what it has missed.

Clients take a proper goodbye as a wish that they stay away. That is why their transports are dropped without a word.
"""

import math
import random
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from chassis.health import Health
from push.engine import connections

POLL_SECONDS = 0.1
# All who are let go knock at another replica a moment later: forty at a time, and thousands over ten seconds.
BATCH = 40
BATCHES = 100
PAUSE_SECONDS = 0.1


def let_go(engine: Any) -> None:
    """Drop the connection of every client of *engine*, an engineio server, a few at a time and in no order."""
    leaving = list(connections(engine))
    random.shuffle(leaving)
    size = max(BATCH, math.ceil(len(leaving) / BATCHES))
    for first in range(0, len(leaving), size):
        if first:
            time.sleep(PAUSE_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311 - nobody gains from guessing it
        for connection in leaving[first : first + size]:
            connection.close(abort=True)


def drain(engine: Any, *, health: Health, end: Callable[[], object]) -> None:
    """Wait until *health* says that the process is stopping, let all clients of *engine* go, and call *end*."""
    while not health.is_draining():
        time.sleep(POLL_SECONDS)
    let_go(engine)
    end()


def refuse_newcomers(application: WSGIApplication, health: Health) -> WSGIApplication:
    """Return *application*, which hangs up on new sessions while it is draining: the gateway then asks another replica.

    They come over connections that the gateway has kept, for the door is shut already.
    """

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        is_session = environ["PATH_INFO"].startswith("/socket.io/")
        if is_session and health.is_draining() and "sid" not in parse_qs(environ["QUERY_STRING"]):
            raise StopIteration  # to gunicorn: the connection is done with
        return application(environ, start_response)

    return serve
