"""Deliveries are handled side by side, and each is settled by itself."""

import threading
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from pika.adapters.blocking_connection import BlockingChannel

from chassis.consumer import Handle
from chassis.envelope import Envelope
from chassis.parallel_consumer import ParallelConsumer
from chassis.publisher import Publisher
from chassis.topology import DEAD_LETTERS, EVENTS_EXCHANGE, WorkQueue
from contracts import MessageRendered
from tests.people import eventually

THREADS = 3

Start = Callable[[Handle], threading.Event]


@pytest.fixture
def queue(channel: BlockingChannel) -> Iterator[WorkQueue]:
    queue = WorkQueue(name=f"test.{uuid4()}", types=(MessageRendered.type,), prefetch=THREADS)
    queue.declare(channel)
    channel.queue_purge(DEAD_LETTERS)
    yield queue
    channel.queue_delete(queue.name)


@pytest.fixture
def start(amqp_url: str, queue: WorkQueue) -> Iterator[Start]:
    """Runs consumers of the queue until the test ends, or until the event it returns is set."""
    running: list[tuple[threading.Thread, threading.Event]] = []

    def run(handle: Handle) -> threading.Event:
        stopping = threading.Event()
        consumer = ParallelConsumer(amqp_url, queue, handle, name="test")
        thread = threading.Thread(target=consumer.run, args=(stopping,), daemon=True)
        thread.start()
        running.append((thread, stopping))
        return stopping

    yield run
    for thread, stopping in running:
        stopping.set()
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture
def publish(create_publisher: Callable[[list[str]], Publisher]) -> Callable[[str], str]:
    publisher = create_publisher([EVENTS_EXCHANGE])

    def publish_one(html: str) -> str:
        publisher.publish([Envelope.around(MessageRendered(message_id=1, version=1, html=html), source="/test")])
        return html

    return publish_one


def left(channel: BlockingChannel, queue: WorkQueue) -> int:
    return int(channel.queue_declare(queue.name, passive=True).method.message_count)


def test_one_that_takes_long_delays_no_other(
    start: Start, publish: Callable[[str], str], channel: BlockingChannel, queue: WorkQueue
) -> None:
    go_on, handled = threading.Event(), list[bytes]()

    def handle(envelope: Envelope) -> None:
        if b"slow" in envelope.data:
            go_on.wait(20)
        handled.append(envelope.data)

    start(handle)
    publish("slow")
    for _ in range(10):
        publish("fast")
    assert eventually(lambda: len(handled) == 10)
    assert not any(b"slow" in data for data in handled)
    go_on.set()
    assert eventually(lambda: len(handled) == 11)
    assert eventually(lambda: left(channel, queue) == 0)


def test_so_many_and_no_more_are_handled_at_once(start: Start, publish: Callable[[str], str]) -> None:
    all_there, most, now = threading.Barrier(THREADS), list[int](), set[str]()

    def handle(envelope: Envelope) -> None:
        now.add(envelope.id)
        most.append(len(now))
        all_there.wait(20)
        now.discard(envelope.id)

    start(handle)
    for _ in range(2 * THREADS):
        publish("x")
    assert eventually(lambda: len(most) == 2 * THREADS and not now)
    assert max(most) == THREADS


def test_what_is_in_hand_is_finished_before_it_stops(
    start: Start, publish: Callable[[str], str], channel: BlockingChannel, queue: WorkQueue
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def handle(_envelope: Envelope) -> None:
        begun.set()
        assert go_on.wait(20)

    stopping = start(handle)
    publish("x")
    assert begun.wait(20)
    stopping.set()
    go_on.set()
    again: list[Envelope] = []
    publish("y")
    start(again.append)
    assert eventually(lambda: len(again) == 1)
    assert b"y" in again[0].data
    assert eventually(lambda: left(channel, queue) == 0)


def test_a_handler_that_fails_is_given_the_same_again(start: Start, publish: Callable[[str], str]) -> None:
    tried: list[str] = []

    def handle(envelope: Envelope) -> None:
        tried.append(envelope.id)
        if len(tried) < 3:
            raise RuntimeError("not yet")

    start(handle)
    publish("x")
    assert eventually(lambda: len(tried) == 3)
    assert len(set(tried)) == 1
