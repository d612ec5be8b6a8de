"""Takes deliveries from one queue and hands them to a handler: one after the other, or all that wait together."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import pika
import structlog
from pika.adapters.blocking_connection import BlockingChannel
from tenacity import Retrying

from chassis.amqp import BROKER_ERRORS, BrokerUnavailableError, connection_parameters, stay_connected
from chassis.backoff import retry
from chassis.clock import utc_now
from chassis.delivery import Delivery
from chassis.envelope import Envelope, UndecodableError
from chassis.metrics import DELIVERIES, DELIVERY_AGE, QUEUE_DEPTH
from chassis.topology import DELIVERY_LIMIT, InstanceQueue, WorkQueue
from contracts import InvalidEventError, UnknownEventError

log = structlog.get_logger(__name__)

Handle: TypeAlias = Callable[[Envelope], None]
HandleAll: TypeAlias = Callable[[Sequence[Envelope]], None]
Sleep: TypeAlias = Callable[[float], None]

# How long a stop may go unnoticed while the queue is empty.
IDLE_SECONDS = 0.2
# Before a failed delivery goes back, so that its attempts are not used up within a moment.
FIRST_PAUSE_SECONDS = 0.01
LONGEST_PAUSE_SECONDS = 0.25
# How often the broker is asked how many events wait.
DEPTH_SECONDS = 5.0
DEPTH_DELIVERIES = 1000
UNDECODABLE = (UndecodableError, UnknownEventError, InvalidEventError)


def singly(handle_all: HandleAll) -> Handle:
    """Return what handles one event as *handle_all* does several."""
    return lambda envelope: handle_all([envelope])


class Consumer:
    """Consumes *queue* until told to stop, over as many connections as it takes.

    Args:
        handle: Does what an event asks for; its effect is lasting when it returns.
        transient: Errors of *handle* that say nothing about the event (a database that is away, say):
            the delivery is kept and tried again, and its attempts are not counted.
        handle_all: Does the same for several at once: all of it, or nothing. If it fails, they are handled one by one.
        on_connected: Called once the queue is bound and before anything is taken from it.
        on_checked: Told again and again whether the queue may have dropped something since the last time.
    """

    def __init__(
        self,
        url: str,
        queue: WorkQueue | InstanceQueue,
        handle: Handle,
        *,
        name: str,
        transient: tuple[type[Exception], ...] = (),
        handle_all: HandleAll | None = None,
        on_connected: Callable[[], object] = lambda: None,
        on_checked: Callable[[bool], object] = lambda _may_have_dropped: None,
    ) -> None:
        self._parameters = connection_parameters(url, name)
        self._queue = queue
        self._handle = handle
        self._name = name
        self._transient = transient
        self._handle_all = handle_all
        self._on_connected = on_connected
        self._on_checked = on_checked
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
        deliveries = channel.consume(queue, inactivity_timeout=IDLE_SECONDS)
        asked_at, taken = 0.0, 0
        for method, properties, body in deliveries:
            if self._stopping.is_set():
                break
            if time.monotonic() > asked_at + DEPTH_SECONDS or taken >= DEPTH_DELIVERIES:
                self._check(channel, queue, taken)
                asked_at, taken = time.monotonic(), 0
            if method is not None:
                together = [Delivery(method, properties, body or b""), *self._waiting(channel, deliveries)]
                taken += len(together)
                self._deliver(channel, together)
        channel.cancel()

    def _check(self, channel: BlockingChannel, queue: str, taken: int) -> None:
        waiting = channel.queue_declare(queue, passive=True).method.message_count
        QUEUE_DEPTH.labels(self._name).set(waiting)
        self._on_checked(self._queue.may_have_dropped(waiting=waiting, taken=taken))

    def _waiting(self, channel: BlockingChannel, deliveries: Iterator[Any]) -> list[Delivery]:
        """Return what has arrived already, unless it is handled one by one anyway."""
        count = channel.get_waiting_message_count() if self._handle_all else 0
        return [Delivery(*next(deliveries)) for _ in range(count)]

    def _deliver(self, channel: BlockingChannel, deliveries: Sequence[Delivery]) -> None:
        if len(deliveries) > 1 and self._are_handled_together(channel, deliveries):
            DELIVERIES.labels(self._name, "handled").inc(len(deliveries))
            channel.basic_ack(deliveries[-1].method.delivery_tag, multiple=True)
            return
        for delivery in deliveries:
            self._deliver_one(channel, delivery)

    def _are_handled_together(self, channel: BlockingChannel, deliveries: Sequence[Delivery]) -> bool:
        if self._handle_all is None:
            return False
        try:
            envelopes = [self._open(delivery) for delivery in deliveries]
            self._patience(channel.connection.sleep)(self._handle_all, envelopes)
        except Exception as error:  # noqa: BLE001  # whichever of them it was: each for itself will tell
            log.info("batch_failed", queue=self._name, count=len(deliveries), error=repr(error))
            return False
        for delivery in deliveries:
            log.info("event_handled", queue=self._name, **delivery.ids)
        return True

    def _deliver_one(self, channel: BlockingChannel, delivery: Delivery) -> None:
        self._settle(channel, delivery, self._handle_one(delivery, sleep=channel.connection.sleep))

    def _handle_one(self, delivery: Delivery, *, sleep: Sleep) -> str:
        """Handle *delivery*, and return what came of it."""
        with structlog.contextvars.bound_contextvars(queue=self._name, **delivery.ids):
            outcome = self._outcome_of(delivery, sleep)
        if outcome == "failed":
            sleep(min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**delivery.attempt))
        return outcome

    def _settle(self, channel: BlockingChannel, delivery: Delivery, outcome: str) -> None:
        """Tell the broker what came of *delivery*; on the thread of the connection."""
        DELIVERIES.labels(self._name, outcome).inc()
        if outcome == "handled":
            channel.basic_ack(delivery.method.delivery_tag)
        else:
            # A reject, not a nack: since RabbitMQ 4.3 only rejects count towards the delivery limit.
            channel.basic_reject(delivery.method.delivery_tag, requeue=outcome == "failed" and self._queue.requeue)

    def _outcome_of(self, delivery: Delivery, sleep: Sleep) -> str:
        try:
            self._patience(sleep)(self._handle, self._open(delivery))
        except UNDECODABLE as error:
            log.exception("event_dead_lettered", reason="undecodable", error=str(error))
            return "undecodable"
        except Exception:
            is_last = delivery.attempt >= DELIVERY_LIMIT or not self._queue.requeue
            what = "event_dead_lettered" if is_last else "handler_failed"
            log.exception(what, reason="handler", attempt=delivery.attempt + 1)
            return "failed"
        log.info("event_handled")
        return "handled"

    def _open(self, delivery: Delivery) -> Envelope:
        envelope = Envelope.open(delivery.properties, delivery.body)
        DELIVERY_AGE.labels(self._name).observe((utc_now() - envelope.time).total_seconds())
        return envelope

    def _patience(self, sleep: Sleep) -> Retrying:
        return retry(*self._transient, what="handle", stopping=self._stopping, sleep=sleep)
