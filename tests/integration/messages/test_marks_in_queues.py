"""In the queue of every replica of push, what comes before a mark is all that the mark says, whatever goes wrong."""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from uuid import uuid4

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel
from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from chassis.amqp import BrokerUnavailableError
from chassis.confirms import Outcome
from chassis.envelope import Envelope
from chassis.outbox import OUTBOX
from chassis.publisher import Publisher
from chassis.relay import Relay
from chassis.topology import EVENTS_EXCHANGE, InstanceQueue
from contracts import Event, FeedAdvanced, UserUpdated, decode
from messages.commands.users import register_user, tell
from messages.cursors import Changed, decode_cursor
from messages.models import User
from messages.upkeep import upkeep_jobs
from tests.integration.backing import Backing
from tests.integration.messages.auths import RecordingCredentials
from tests.integration.messages.chats import NOON
from tests.people import eventually

Sessions = sessionmaker[Session]

WRITERS = 6
CHANGES_EACH = 30
MARK_EVERY_SECONDS = 0.005
LONGEST_DELAY_SECONDS = 0.1


class UnluckyPublisher(Publisher):
    """Publishes, but now and then the broker refuses some, and now and then it dies before it confirms."""

    chance = random.Random("publisher")

    def publish(self, envelopes: Sequence[Envelope], *, timeout_seconds: float = 10.0) -> list[Outcome]:
        """Publish some of *envelopes*, and say so."""
        taken = [envelope for envelope in envelopes if self.chance.random() > 0.05]
        super().publish(taken, timeout_seconds=timeout_seconds)
        if self.chance.random() < 0.03:
            raise BrokerUnavailableError("it died")
        return [Outcome.CONFIRMED if envelope in taken else Outcome.REFUSED for envelope in envelopes]


@pytest.fixture
def publisher(backing: Backing) -> Iterator[Publisher]:
    unlucky = UnluckyPublisher(backing.amqp_url("test"), name="test", exchanges=[EVENTS_EXCHANGE])
    unlucky.start()
    assert eventually(lambda: unlucky.is_ready)
    yield unlucky
    unlucky.close()


@pytest.fixture
def channel(backing: Backing) -> Iterator[BlockingChannel]:
    with pika.BlockingConnection(pika.URLParameters(backing.amqp_url("test"))) as connection:
        yield connection.channel()


def change_users(sessions: Sessions, seed: int) -> dict[tuple[int, int], int]:
    """Register somebody, and change them again and again; return the transaction of each of their versions."""
    chance = random.Random(seed)
    with sessions.begin() as session:
        credentials = RecordingCredentials()
        user_id = register_user(
            session, nickname=uuid4().hex[:32], password="x" * 8, credentials=credentials, now=NOON
        ).id
    versions = {}
    for number in range(CHANGES_EACH):
        with sessions.begin() as session:
            session.execute(text("SELECT pg_current_xact_id()"))
            time.sleep(chance.uniform(0, LONGEST_DELAY_SECONDS))  # others overtake it
            change = update(User).where(User.id == user_id).values(online=bool(number % 2))
            user = session.scalars(change.returning(User)).one()
            tell(session, [user], NOON)
            versions[user_id, user.version] = user.changed_xid
    return versions


def mark_again_and_again(sessions: Sessions, stopping: threading.Event) -> None:
    [mark] = [job for job in upkeep_jobs(sessions, lambda: NOON) if job.name == "mark"]
    while not stopping.wait(MARK_EVERY_SECONDS):
        mark.do()


def relay_and_die(
    engine: Engine, publisher: Publisher, clock: Callable[[], datetime], stopping: threading.Event
) -> None:
    """Relay with one relay after the other; what was refused is due again at the next look."""
    chance = random.Random("relay")
    while not stopping.is_set():
        dying = threading.Event()
        relay = Relay(engine, publisher, batch=20, poll_seconds=0.01, clock=clock)
        leading = threading.Thread(target=relay.run, args=(dying,))
        leading.start()
        stopping.wait(chance.uniform(0.05, 0.2))
        dying.set()
        leading.join()


@contextmanager
def in_background(*runs: Callable[[threading.Event], None]) -> Iterator[None]:
    stopping = threading.Event()
    threads = [threading.Thread(target=run, args=(stopping,)) for run in runs]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def heard(channel: BlockingChannel, queue: str) -> list[Event]:
    events: list[Event] = []
    while True:
        method, _, body = channel.basic_get(queue, auto_ack=True)
        if method is None:
            return events
        events.append(decode(str(method.routing_key), body or b""))


def xid_of(mark: FeedAdvanced) -> int:
    place = decode_cursor(mark.cursor).users
    assert isinstance(place, Changed)
    return place.key[0]


def test_what_comes_before_a_mark_is_all_that_it_says(
    sessions: Sessions, publisher: Publisher, channel: BlockingChannel
) -> None:
    queue = InstanceQueue(prefix="test", types=(UserUpdated.type, FeedAdvanced.type)).declare(channel)
    seconds = count()
    relay = partial(relay_and_die, sessions.kw["bind"], publisher, lambda: NOON + timedelta(seconds=next(seconds)))
    with in_background(partial(mark_again_and_again, sessions), relay):
        with ThreadPoolExecutor(WRITERS) as pool:
            written = list(pool.map(partial(change_users, sessions), range(WRITERS)))
        assert eventually(lambda: not waiting(sessions))
    first_heard: dict[tuple[int, int], int] = {}
    marks = []
    for place, event in enumerate(heard(channel, queue)):
        if isinstance(event, UserUpdated):
            first_heard.setdefault((event.user_id, event.version), place)
        elif isinstance(event, FeedAdvanced):
            marks.append((place, xid_of(event)))
    changes = {version: xid for versions in written for version, xid in versions.items()}
    assert changes.keys() <= first_heard.keys()
    assert len(marks) > 5
    assert [
        (place, version)
        for place, until in marks
        for version, xid in changes.items()
        if xid < until and first_heard[version] > place
    ] == []


def waiting(sessions: Sessions) -> int:
    with sessions() as session:
        kept = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.type == UserUpdated.type)
        return session.scalars(kept).one()
