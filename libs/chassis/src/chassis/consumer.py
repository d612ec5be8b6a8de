"""Takes deliveries from one queue and hands them to a handler, one after the other."""

import threading
from collections.abc import Callable
from typing import Any, TypeAlias

import pika
import structlog
from pika.adapters.blocking_connection import BlockingChannel

from chassis.amqp import BROKER_ERRORS, BrokerUnavailableError, connection_parameters, stay_connected
from chassis.backoff import retry
from chassis.envelope import Envelope, UndecodableError
from chassis.metrics import DELIVERIES
from chassis.topology import DELIVERY_LIMIT, InstanceQueue, WorkQueue
from contracts import InvalidEventError, UnknownEventError

log = structlog.get_logger(__name__)

Handle: TypeAlias = Callable[[Envelope], None]

# How long a stop may go unnoticed while the queue is empty.
IDLE_SECONDS = 0.2
# Before a failed delivery goes back, so that its attempts are not used up within a moment.
FIRST_PAUSE_SECONDS = 0.01
LONGEST_PAUSE_SECONDS = 0.25
UNDECODABLE = (UndecodableError, UnknownEventError, InvalidEventError)


class Consumer:
    """Consumes *queue* until told to stop, over as many connections as it takes.

    Args:
        handle: Does what an event asks for; its effect is lasting when it returns.
        transient: Errors of *handle* that say nothing about the event (a database that is away, say):
            the delivery is kept and tried again, and its attempts are not counted.
        on_connected: Called once the queue is bound and before anything is taken from it.
    """

    def __init__(
        self,
        url: str,
        queue: WorkQueue | InstanceQueue,
        handle: Handle,
        *,
        name: str,
        transient: tuple[type[Exception], ...] = (),
        on_connected: Callable[[], None] = lambda: None,
    ) -> None:
        self._parameters = connection_parameters(url, name)
        self._queue = queue
        self._handle = handle
        self._name = name
        self._transient = transient
        self._on_connected = on_connected
        self._stopping = threading.Event()
        self.is_ready = False

    def run(self, stopping: threading.Event) -> None:
        """Consume until *stopping* is set; the delivery in hand is finished first."""
        self._stopping = stopping
        stay_connected(self._run_connection, name=self._name, stopping=stopping)

    def _run_connection(self) -> None:
        try:
            with pika.BlockingConnection(self._parameters) as connection:
                self._consume(connection.channel())
        except BROKER_ERRORS as error:
            if not self.is_ready:
                raise BrokerUnavailableError(repr(error)) from error
            log.warning("consumer_disconnected", name=self._name, error=repr(error))
        finally:
            self.is_ready = False

    def _consume(self, channel: BlockingChannel) -> None:
        queue = self._queue.declare(channel)
        channel.basic_qos(prefetch_count=self._queue.prefetch)
        self._on_connected()
        self.is_ready = True
        log.info("consumer_ready", name=self._name, queue=queue)
        for method, properties, body in channel.consume(queue, inactivity_timeout=IDLE_SECONDS):
            if self._stopping.is_set():
                break
            if method is not None:
                self._deliver(channel, method, properties, body or b"")
        channel.cancel()

    def _deliver(self, channel: BlockingChannel, method: Any, properties: Any, body: bytes) -> None:
        counted = (properties.headers or {}).get("x-delivery-count")
        # On the first delivery a publisher may have put anything there.
        attempt = min(counted, DELIVERY_LIMIT) if isinstance(counted, int) else 0
        ids = {"event_id": properties.message_id, "type": method.routing_key, "queue": self._name}
        with structlog.contextvars.bound_contextvars(correlation_id=properties.correlation_id, **ids):
            outcome = self._outcome_of(channel, properties, body, attempt)
        DELIVERIES.labels(self._name, outcome).inc()
        if outcome == "handled":
            channel.basic_ack(method.delivery_tag)
        else:
            if outcome == "failed":
                channel.connection.sleep(min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**attempt))
            # A reject, not a nack: since RabbitMQ 4.3 only rejects count towards the delivery limit.
            channel.basic_reject(method.delivery_tag, requeue=outcome == "failed" and self._queue.requeue)

    def _outcome_of(self, channel: BlockingChannel, properties: Any, body: bytes, attempt: int) -> str:
        try:
            envelope = Envelope.open(properties, body)
            patience = retry(*self._transient, what="handle", stopping=self._stopping, sleep=channel.connection.sleep)
            patience(self._handle, envelope)
        except UNDECODABLE as error:
            log.exception("event_dead_lettered", reason="undecodable", error=str(error))
            return "undecodable"
        except Exception:
            is_last = attempt >= DELIVERY_LIMIT or not self._queue.requeue
            log.exception("event_dead_lettered" if is_last else "handler_failed", reason="handler", attempt=attempt + 1)
            return "failed"
        log.info("event_handled")
        return "handled"
