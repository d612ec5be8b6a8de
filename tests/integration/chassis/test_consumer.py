"""A delivery is acknowledged after its effect; what cannot be handled is put aside."""

import threading
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from pika.adapters.blocking_connection import BlockingChannel

from chassis.consumer import Consumer, Handle
from chassis.envelope import Envelope
from chassis.publisher import Publisher
from chassis.topology import COMMANDS_EXCHANGE, DEAD_LETTERS, DELIVERY_LIMIT, EVENTS_EXCHANGE, WorkQueue
from contracts import MessageRendered, UnknownEventError
from tests.people import eventually

# For all the deliveries that there are before an event is given up.
PATIENCE_SECONDS = 120

RENDERED = MessageRendered(message_id=1, version=1, html="<p>hi</p>")
Run = Callable[..., Consumer]


class AwayError(Exception):
    """Something that a handler needs is not there for now."""


@pytest.fixture
def queue(channel: BlockingChannel) -> Iterator[WorkQueue]:
    queue = WorkQueue(name=f"test.{uuid4()}", types=(RENDERED.type,))
    queue.declare(channel)
    channel.queue_purge(DEAD_LETTERS)
    yield queue
    channel.queue_delete(queue.name)


@pytest.fixture
def run(amqp_url: str, queue: WorkQueue) -> Iterator[Run]:
    """Runs consumers of the queue until the test ends."""
    running: list[tuple[threading.Thread, threading.Event]] = []

    def start(handle: Handle, **options: object) -> Consumer:
        consumer = Consumer(amqp_url, queue, handle, name="test", **options)  # type: ignore[arg-type]
        stopping = threading.Event()
        thread = threading.Thread(target=consumer.run, args=(stopping,), daemon=True)
        thread.start()
        running.append((thread, stopping))
        return consumer

    yield start
    for thread, stopping in running:
        stopping.set()
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def publish(create_publisher: Callable[[list[str]], Publisher]) -> Callable[[], Envelope]:
    publisher = create_publisher([EVENTS_EXCHANGE, COMMANDS_EXCHANGE])

    def publish_one() -> Envelope:
        envelope = Envelope.around(RENDERED, source="/test")
        publisher.publish([envelope])
        return envelope

    return publish_one


def waiting(channel: BlockingChannel, queue: str) -> int:
    return int(channel.queue_declare(queue, passive=True).method.message_count)


def test_a_delivery_that_is_handled_is_gone(
    run: Run, publish: Callable[[], Envelope], channel: BlockingChannel, queue: WorkQueue
) -> None:
    handled: list[Envelope] = []
    run(handled.append)
    sent = publish()
    assert eventually(lambda: handled == [sent])
    assert eventually(lambda: waiting(channel, queue.name) == 0)


def test_a_handler_that_fails_for_a_while_is_given_the_delivery_again(
    run: Run, publish: Callable[[], Envelope]
) -> None:
    attempts: list[str] = []

    def fail_twice(envelope: Envelope) -> None:
        attempts.append(envelope.id)
        if len(attempts) < 3:
            raise ValueError

    run(fail_twice)
    sent = publish()
    assert eventually(lambda: attempts == [sent.id] * 3)


def test_a_handler_that_always_fails_has_its_event_dead_lettered(
    run: Run, publish: Callable[[], Envelope], channel: BlockingChannel
) -> None:
    attempts: list[str] = []
    poison: list[str] = []
    others: list[str] = []

    def fail_on_poison(envelope: Envelope) -> None:
        if envelope.id in poison:
            attempts.append(envelope.id)
            raise ValueError
        others.append(envelope.id)

    poison.append(publish().id)
    run(fail_on_poison)
    following = publish()
    assert eventually(lambda: waiting(channel, DEAD_LETTERS) == 1, seconds=PATIENCE_SECONDS)
    assert len(attempts) == DELIVERY_LIMIT + 1
    assert eventually(lambda: others == [following.id])


def test_an_unknown_event_is_dead_lettered_at_once(
    run: Run, publish: Callable[[], Envelope], channel: BlockingChannel
) -> None:
    attempts: list[str] = []

    def refuse(envelope: Envelope) -> None:
        attempts.append(envelope.id)
        raise UnknownEventError

    run(refuse)
    publish()
    assert eventually(lambda: waiting(channel, DEAD_LETTERS) == 1, seconds=PATIENCE_SECONDS)
    assert len(attempts) == 1


def test_what_is_only_away_is_waited_for_and_costs_no_attempt(
    run: Run, publish: Callable[[], Envelope], channel: BlockingChannel
) -> None:
    attempts: list[str] = []
    # More than once, which is what a counted attempt would show as a redelivery.
    enough = 4

    def be_away(envelope: Envelope) -> None:
        attempts.append(envelope.id)
        if len(attempts) < enough:
            raise AwayError

    run(be_away, transient=(AwayError,))
    publish()
    assert eventually(lambda: len(attempts) == enough, seconds=120)
    assert waiting(channel, DEAD_LETTERS) == 0
