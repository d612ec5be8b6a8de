"""How every process connects to RabbitMQ."""

import threading
from collections.abc import Callable

import pika
import structlog
from pika.exceptions import AMQPError, ProbableAccessDeniedError, ProbableAuthenticationError

from chassis.backoff import LONGEST_PAUSE_SECONDS, retry

log = structlog.get_logger(__name__)

# What pika raises when the broker goes away; some errors of the socket come through as they are.
BROKER_ERRORS = (AMQPError, OSError)

HEARTBEAT_SECONDS = 30
CONNECT_SECONDS = 5


class BrokerUnavailableError(Exception):
    """RabbitMQ cannot be reached, or did not answer in time."""


def connection_parameters(url: str, name: str) -> pika.URLParameters:
    """Return what to connect to *url* with; *name* is how operators recognise the connection."""
    parameters = pika.URLParameters(url)
    parameters.heartbeat = HEARTBEAT_SECONDS
    parameters.socket_timeout = CONNECT_SECONDS
    parameters.stack_timeout = CONNECT_SECONDS
    parameters.blocked_connection_timeout = HEARTBEAT_SECONDS
    parameters.connection_attempts = 1  # whoever connects tries again by itself, with back-off
    parameters.client_properties = {"connection_name": name}
    return parameters


def is_refusal(error: BaseException) -> bool:
    """Whether the broker has said that it does not want this user, password or virtual host.

    pika suspects as much whenever a connection ends during the handshake; but a broker that dies says nothing.
    """
    suspected = isinstance(error, ProbableAuthenticationError | ProbableAccessDeniedError)
    return suspected and any(word in str(error) for word in ("ACCESS_REFUSED", "NOT_ALLOWED"))


def stay_connected(
    run_connection: Callable[[], None],
    *,
    name: str,
    stopping: threading.Event,
    fault_pause_seconds: float = LONGEST_PAUSE_SECONDS,
) -> None:
    """Call *run_connection* again and again until *stopping* is set.

    Args:
        run_connection: Lives as long as one connection does. Raises
            `BrokerUnavailableError` when there was none: the next try then waits longer.
    """
    while not stopping.is_set():
        try:
            retry(BrokerUnavailableError, what=f"{name} connects to RabbitMQ", stopping=stopping)(run_connection)
        except BrokerUnavailableError as error:
            log.warning("stopped_while_disconnected", name=name, error=str(error))
        except Exception:
            # A fault of ours or of pika's must not leave a process that looks alive and does nothing.
            log.exception("connection_failed", name=name)
            stopping.wait(fault_pause_seconds)
