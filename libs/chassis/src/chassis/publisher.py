"""Publishes events `mandatory` and with confirms, many in flight, from any thread."""

import threading
from collections.abc import Sequence
from functools import partial

import structlog
from pika.adapters.select_connection import SelectConnection
from pika.channel import Channel
from pika.frame import Method
from pika.spec import Basic, BasicProperties

from chassis.amqp import BrokerUnavailableError, connection_parameters, stay_connected
from chassis.confirms import Batch, InFlight, Outcome
from chassis.envelope import Envelope
from chassis.metrics import EVENTS_PUBLISHED
from chassis.topology import declare_exchanges, exchange_for

log = structlog.get_logger(__name__)

PUBLISH_SECONDS = 10.0
CLOSE_SECONDS = 5.0


class Publisher:
    """One connection, kept alive by a thread of its own.

    Args:
        name: How operators recognise the connection.
        exchanges: What is declared before anything is published.
    """

    def __init__(self, url: str, *, name: str, exchanges: Sequence[str]) -> None:
        self._parameters = connection_parameters(url, name)
        self._name = name
        self._exchanges = exchanges
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"{name} publisher", daemon=True)
        self._lock = threading.Lock()
        self._batches: set[Batch] = set()
        self._in_flight = InFlight()
        self._connection: SelectConnection | None = None
        self._channel: Channel | None = None
        self._was_ready = False

    def start(self) -> None:
        """Begin to connect; publishing fails until that has worked."""
        self._thread.start()

    def close(self) -> None:
        """Close the connection and wait until its thread has ended."""
        self._stopping.set()
        connection = self._connection
        if connection is not None:
            connection.ioloop.add_callback_threadsafe(partial(_close, connection))
        self._thread.join(CLOSE_SECONDS)

    @property
    def is_ready(self) -> bool:
        """Whether the broker is there right now."""
        return self._channel is not None

    def publish(self, envelopes: Sequence[Envelope], *, timeout_seconds: float = PUBLISH_SECONDS) -> list[Outcome]:
        """Publish *envelopes* and return what the broker said of each, in their order.

        Raises:
            BrokerUnavailableError: Not connected, or not all were settled within *timeout_seconds*;
                any of them may have been published all the same.
        """
        batch = Batch(envelopes)
        with self._lock:
            if self._connection is None or self._channel is None:
                raise BrokerUnavailableError("RabbitMQ is not connected")
            self._batches.add(batch)
            self._connection.ioloop.add_callback_threadsafe(partial(self._send, batch))
        settled = batch.done.wait(timeout_seconds)
        with self._lock:
            self._batches.discard(batch)
        if not settled:
            self._give_up_connection()
        if batch.is_lost or not settled:
            raise BrokerUnavailableError("RabbitMQ did not confirm in time")
        for outcome in batch.outcomes:
            EVENTS_PUBLISHED.labels(outcome.value).inc()
        return batch.outcomes

    def _give_up_connection(self) -> None:
        # Whoever tries again gets a new one; in this one all would be published twice.
        with self._lock:
            self._channel = None
            if self._connection is not None:
                self._connection.ioloop.add_callback_threadsafe(partial(_close, self._connection))

    # What follows runs on the connection's own thread.

    def _run(self) -> None:
        stay_connected(self._run_connection, name=self._name, stopping=self._stopping)

    def _run_connection(self) -> None:
        failures: list[BaseException] = []
        self._was_ready = False

        def on_open_error(connection: SelectConnection, error: BaseException) -> None:
            failures.append(error)
            connection.ioloop.stop()

        connection = SelectConnection(
            self._parameters,
            on_open_callback=lambda opened: opened.channel(on_open_callback=self._on_channel),
            on_open_error_callback=on_open_error,
            on_close_callback=self._on_closed,
        )
        self._connection = connection
        try:
            connection.ioloop.start()
        finally:
            self._forget()
        if not self._was_ready:
            raise BrokerUnavailableError(repr(failures))

    def _on_channel(self, channel: Channel) -> None:
        channel.add_on_close_callback(lambda _closed, _reason: _close(self._connection))
        channel.add_on_return_callback(self._on_return)
        declare_exchanges(channel, self._exchanges)
        # The broker answers in order: once it has answered this, the exchanges are there.
        channel.confirm_delivery(self._on_confirm, callback=lambda _frame: self._on_ready(channel))

    def _on_ready(self, channel: Channel) -> None:
        log.info("publisher_ready", name=self._name)
        self._was_ready = True
        self._channel = channel

    def _on_closed(self, connection: SelectConnection, reason: BaseException) -> None:
        log.info("publisher_disconnected", name=self._name, reason=repr(reason))
        connection.ioloop.stop()

    def _forget(self) -> None:
        with self._lock:
            self._connection = None
            self._channel = None
            self._in_flight.lose(self._batches)

    def _send(self, batch: Batch) -> None:
        channel = self._channel
        if channel is None:
            batch.lose()
            return
        for envelope in batch.envelopes:
            self._in_flight.add(batch, envelope.id)
            channel.basic_publish(
                exchange_for(envelope.type), envelope.type, envelope.data, envelope.properties(), mandatory=True
            )

    def _on_return(self, _channel: Channel, _method: Basic.Return, properties: BasicProperties, _body: bytes) -> None:
        self._in_flight.return_unroutable(str(properties.message_id))

    def _on_confirm(self, frame: Method[Basic.Ack | Basic.Nack]) -> None:
        acknowledged = isinstance(frame.method, Basic.Ack)
        outcome = Outcome.CONFIRMED if acknowledged else Outcome.REFUSED
        self._in_flight.settle(frame.method.delivery_tag, outcome, multiple=frame.method.multiple)


def _close(connection: SelectConnection | None) -> None:
    if connection is not None and connection.is_open:
        connection.close()
        # A broker that is frozen does not say goodbye.
        connection.ioloop.call_later(CLOSE_SECONDS, connection.ioloop.stop)
