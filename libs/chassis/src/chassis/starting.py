"""What a process needs at its start and cannot mend by itself: it says what is wrong in one line, and ends.

Whoever runs it starts it again, and so it comes up once it is mended. What goes away later is waited for instead.
"""

import sys
import threading
import time
from collections.abc import Callable
from typing import NoReturn
from urllib.parse import urlsplit

import pika
import structlog
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from chassis.amqp import BROKER_ERRORS, connection_parameters, is_refusal
from chassis.runner import REFUSED_STATUS

log = structlog.get_logger(__name__)

# A container that has run for less than ten is started again with pauses that double each time, up to a minute.
PATIENCE_SECONDS = 12.0
PAUSE_SECONDS = 0.5


def require_database(engine: Engine, stopping: threading.Event | None = None) -> None:
    """Return once the database of `DATABASE_URL` lets us in; end the process if it has not within `PATIENCE_SECONDS`.

    Args:
        stopping: Whoever sets it is not kept waiting.
    """
    url = engine.url
    where = {"setting": "DATABASE_URL", "host": url.host, "port": url.port, "database": url.database}
    if error := _last_error(lambda: _database_error(engine), stopping):
        _end("database_unusable", error, **where, user=url.username)


def require_login(amqp_url: SecretStr, stopping: threading.Event | None = None) -> None:
    """End the process if the broker of `AMQP_URL` refuses us for `PATIENCE_SECONDS`.

    One that is away is none of our business: it may come back, and much can be done without it.
    """
    parameters = connection_parameters(amqp_url.get_secret_value(), "login")
    where = {"setting": "AMQP_URL", "host": parameters.host, "port": parameters.port}
    user = urlsplit(amqp_url.get_secret_value()).username
    if error := _last_error(lambda: _refusal(parameters), stopping):
        _end("broker_refused_login", error, **where, virtual_host=parameters.virtual_host, user=user)


def _last_error(try_once: Callable[[], str | None], stopping: threading.Event | None) -> str | None:
    until = time.monotonic() + PATIENCE_SECONDS
    stopping = stopping or threading.Event()
    while (error := try_once()) and time.monotonic() < until:
        if stopping.wait(PAUSE_SECONDS):
            return None
    return error


def _database_error(engine: Engine) -> str | None:
    try:
        engine.connect().close()
    except (DBAPIError, PoolTimeoutError) as error:
        # Without what SQLAlchemy adds; on one line, for there is one an address of the host.
        return " ".join(str(getattr(error, "orig", None) or error).split())
    return None


def _refusal(parameters: pika.URLParameters) -> str | None:
    try:
        pika.BlockingConnection(parameters).close()
    except BROKER_ERRORS as error:
        return str(error) if is_refusal(error) else None
    return None


def _end(event: str, error: str, **where: object) -> NoReturn:
    log.critical(event, **where, error=error)
    sys.exit(REFUSED_STATUS)
