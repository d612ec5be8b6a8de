"""What is committed to the outbox reaches the exchange; nothing leaves it before."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from pika.adapters.blocking_connection import BlockingChannel
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from chassis.outbox import OUTBOX, add_to_outbox
from chassis.publisher import Publisher
from chassis.relay import BROADCAST_PATIENCE, BUSY_PAUSE_SECONDS, Relay
from chassis.topology import EVENTS_EXCHANGE
from contracts import Event, MessageRendered, UserUpdated
from tests.people import eventually

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
USER_UPDATED = UserUpdated(user_id=1, model={})


def rendered(number: int) -> MessageRendered:
    return MessageRendered(message_id=number, version=1, html="")


@pytest.fixture
def publisher(create_publisher: Callable[[list[str]], Publisher]) -> Publisher:
    return create_publisher([EVENTS_EXCHANGE])


@pytest.fixture
def queue(publisher: Publisher, channel: BlockingChannel) -> str:
    del publisher  # it declares the exchange
    name = f"q-{uuid4()}"
    channel.queue_declare(name, exclusive=True)
    channel.queue_bind(name, EVENTS_EXCHANGE, "message.rendered.v1")
    return name


def write(engine: Engine, *events: Event, now: datetime = NOON) -> None:
    with Session(engine) as session, session.begin():
        for event in events:
            add_to_outbox(session, event, source="/test", now=now)


def left(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(OUTBOX)) or 0


def relay_once(engine: Engine, publisher: Publisher, now: datetime = NOON) -> int:
    relay = Relay(engine, publisher, batch=100, poll_seconds=0.01, clock=lambda: now)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        return relay.relay_batch(connection)


def bodies(channel: BlockingChannel, queue: str, count: int) -> list[bytes]:
    return [channel.basic_get(queue, auto_ack=True)[2] or b"" for _ in range(count)]


def test_committed_events_leave_in_order(
    engine: Engine, publisher: Publisher, queue: str, channel: BlockingChannel
) -> None:
    write(engine, rendered(1), rendered(2))
    assert relay_once(engine, publisher) == 2
    first, second = bodies(channel, queue, 2)
    assert b'"message_id":1,' in first
    assert b'"message_id":2,' in second
    assert left(engine) == 0


def test_a_transaction_that_commits_after_a_later_one_is_not_passed_over(
    engine: Engine, publisher: Publisher, queue: str, channel: BlockingChannel
) -> None:
    with Session(engine) as slow, slow.begin():
        add_to_outbox(slow, rendered(1), source="/test", now=NOON)
        slow.flush()
        write(engine, rendered(2))
        assert relay_once(engine, publisher) == 1
    assert relay_once(engine, publisher) == 1
    assert b'"message_id":1,' in bodies(channel, queue, 2)[1]


def test_what_is_rolled_back_is_never_published(engine: Engine, publisher: Publisher) -> None:
    with Session(engine) as session:
        add_to_outbox(session, rendered(1), source="/test", now=NOON)
        session.rollback()
    assert relay_once(engine, publisher) == 0


def test_an_event_that_no_queue_takes_stays_and_is_tried_again(
    engine: Engine, publisher: Publisher, channel: BlockingChannel
) -> None:
    write(engine, rendered(1))
    assert relay_once(engine, publisher) == 1
    assert relay_once(engine, publisher) == 0, "not at once"
    assert left(engine) == 1
    channel.queue_declare("late", exclusive=True)
    channel.queue_bind("late", EVENTS_EXCHANGE, "message.rendered.v1")
    assert relay_once(engine, publisher, NOON + timedelta(seconds=2)) == 1
    assert left(engine) == 0


def test_a_broadcast_waits_for_listeners_but_not_for_ever(engine: Engine, publisher: Publisher) -> None:
    write(engine, USER_UPDATED)
    relay_once(engine, publisher)
    assert left(engine) == 1
    relay_once(engine, publisher, NOON + BROADCAST_PATIENCE + timedelta(seconds=1))
    assert left(engine) == 0


class Stopping(threading.Event):
    """Is set once *is_done*, and knows how long it has been waited for."""

    def __init__(self, is_done: Callable[[], bool]) -> None:
        super().__init__()
        self._is_done = is_done
        self.pauses: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(timeout)
        if self._is_done():
            self.set()
        return super().wait(timeout)


@pytest.mark.usefixtures("queue")
def test_what_does_not_fit_into_a_batch_follows_at_once(engine: Engine, publisher: Publisher) -> None:
    write(engine, *(rendered(number) for number in range(7)))
    stopping = Stopping(lambda: left(engine) == 0)
    Relay(engine, publisher, batch=2, poll_seconds=0.01, clock=lambda: NOON).run(stopping)
    assert left(engine) == 0
    assert BUSY_PAUSE_SECONDS not in stopping.pauses


@pytest.mark.usefixtures("queue")
def test_of_two_relays_one_leads_and_the_other_takes_over(engine: Engine, publisher: Publisher) -> None:
    with running_relay(engine, publisher) as first:
        write(engine, rendered(1))
        assert eventually(lambda: left(engine) == 0)
        with running_relay(engine, publisher):
            assert leaders(engine) == 1
            first.set()
            write(engine, rendered(2))
            assert eventually(lambda: left(engine) == 0)
            assert eventually(lambda: leaders(engine) == 1)


def test_a_relay_that_fails_gives_up_its_lead(engine: Engine) -> None:
    nowhere = Publisher("amqp://nobody:x@127.0.0.1:1/%2F", name="test", exchanges=[])
    write(engine, rendered(1))
    with capture_logs() as logs, running_relay(engine, nowhere):
        assert eventually(lambda: "trying_again" in [entry["event"] for entry in logs])
    assert eventually(lambda: leaders(engine) == 0), "the server notices a moment later"
    assert left(engine) == 1


@contextmanager
def running_relay(engine: Engine, publisher: Publisher) -> Iterator[threading.Event]:
    stopping = threading.Event()
    relay = Relay(engine, publisher, batch=10, poll_seconds=0.01)
    thread = threading.Thread(target=relay.run, args=(stopping,))
    thread.start()
    try:
        yield stopping
    finally:
        stopping.set()
        thread.join()


def leaders(engine: Engine) -> int:
    held = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = :database")
    with engine.connect() as connection:
        database = connection.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
        return connection.scalar(held, {"database": database}) or 0
