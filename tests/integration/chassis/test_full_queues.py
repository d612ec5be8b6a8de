"""Whoever cannot follow loses the oldest events of its own queue, and hears that it may have."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from chassis.consumer import Consumer, singly
from chassis.envelope import Envelope
from chassis.publisher import Publisher
from chassis.topology import EVENTS_EXCHANGE, InstanceQueue
from contracts import MessageRendered
from tests.people import eventually

QUEUE = InstanceQueue(prefix="test", types=(MessageRendered.type,), prefetch=5, max_length=60)


class Follower:
    """Takes events while the way is free, and keeps what it hears of its queue."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.heard: list[bool] = []
        self.way_is_free = threading.Event()
        self.way_is_free.set()

    def take(self, envelopes: Sequence[Envelope]) -> None:
        """Take some."""
        assert self.way_is_free.wait(20)
        self.taken += [envelope.id for envelope in envelopes]

    def takes(self, ids: set[str]) -> bool:
        """Wait until all of *ids* were taken; false if that takes too long."""
        return eventually(lambda: ids <= set(self.taken))


@contextmanager
def following(amqp_url: str, follower: Follower) -> Iterator[None]:
    stopping = threading.Event()
    consumer = Consumer(
        amqp_url,
        QUEUE,
        singly(follower.take),
        name="test",
        handle_all=follower.take,
        on_checked=follower.heard.append,
    )
    running = threading.Thread(target=consumer.run, args=(stopping,))
    running.start()
    try:
        assert eventually(lambda: consumer.is_ready)
        yield
    finally:
        stopping.set()
        running.join(20)


@pytest.fixture
def publish(create_publisher: Callable[[list[str]], Publisher]) -> Callable[[int], set[str]]:
    publisher = create_publisher([EVENTS_EXCHANGE])

    def some(count: int) -> set[str]:
        rendered = [MessageRendered(message_id=number, version=1, html="") for number in range(count)]
        envelopes = [Envelope.around(event, source="/test") for event in rendered]
        publisher.publish(envelopes)
        return {envelope.id for envelope in envelopes}

    return some


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.consumer.DEPTH_DELIVERIES", 15)


def test_who_loses_events_hears_that_they_may_have(amqp_url: str, publish: Callable[[int], set[str]]) -> None:
    follower = Follower()
    follower.way_is_free.clear()
    with following(amqp_url, follower):
        published = publish(200)
        follower.way_is_free.set()
        assert eventually(lambda: any(follower.heard))
        last = publish(1)
        assert follower.takes(last)
    assert published - set(follower.taken), "some were dropped"


def test_who_follows_hears_that_nothing_was_dropped(amqp_url: str, publish: Callable[[int], set[str]]) -> None:
    follower, published = Follower(), set[str]()
    with following(amqp_url, follower):
        for _ in range(20):
            published |= publish(20)
            assert follower.takes(published)
    assert len(follower.heard) > 10
    assert not any(follower.heard)
