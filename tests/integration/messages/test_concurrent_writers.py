"""Nothing is missed of what many write at once, in transactions of all lengths."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from messages.models import Message
from tests.integration.messages.readers import Follower, post

Sessions = sessionmaker[Session]

WRITERS = 6
TRANSACTIONS = 30


def write(sessions: Sessions, author_id: int, seed: int) -> None:
    """Post and change messages in transactions of all lengths, some of which come to nothing."""
    chance = random.Random(seed)
    mine: list[int] = []
    for _ in range(TRANSACTIONS):
        with sessions() as session:
            posted = [post(session, author_id) for _ in range(chance.randrange(4))]
            for message_id in chance.sample(mine, min(len(mine), chance.randrange(3))):
                session.get_one(Message, message_id).version += 1
                session.flush()
            if chance.random() < 0.9:
                session.commit()
                mine += posted


@contextmanager
def in_background(work: Callable[[], object]) -> Iterator[None]:
    """Do *work* again and again for as long as the block lasts."""
    done = threading.Event()

    def run() -> None:
        while not done.is_set():
            work()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run)
        try:
            yield
        finally:
            done.set()
        running.result()


@pytest.mark.parametrize("limit", [2, 7, 1000])
def test_a_follower_sees_the_last_version_of_all_that_many_write_at_once(
    sessions: Sessions, ann: int, limit: int
) -> None:
    follower = Follower(sessions, limit=limit)
    with in_background(follower.read_page), ThreadPoolExecutor(WRITERS) as pool:
        for writing in [pool.submit(write, sessions, ann, seed) for seed in range(WRITERS)]:
            writing.result()
    follower.catch_up()
    with sessions() as session:
        versions = {row.id: row.version for row in session.execute(select(Message.id, Message.version))}
    assert follower.seen == versions


MANY = 20_000
MANY_WRITERS = 8
LONGEST_DELAY_SECONDS = 0.03
POST = text(
    "INSERT INTO messages (user_id, created_at, updated_at, version, source_version, source, html, status)"
    " SELECT :author_id, now(), now(), 1, 1, 'hello', 'hello', 'posted' FROM generate_series(1, :count) RETURNING id"
)
EDIT = text("UPDATE messages SET version = version + 1, updated_at = now(), source = 'edited' WHERE id = ANY(:ids)")
DELETE = text(
    "UPDATE messages SET version = version + 1, updated_at = now(), source = '', deleted = true WHERE id = ANY(:ids)"
)


def write_much(sessions: Sessions, author_id: int, seed: int) -> None:
    """Make a share of *MANY* posts, edits and deletes, and wait for a while before each commit."""
    chance = random.Random(seed)
    mine: list[int] = []
    left = MANY // MANY_WRITERS
    while left > 0:
        with sessions.begin() as session:
            posted = list(session.scalars(POST, {"author_id": author_id, "count": chance.randint(1, 12)}))
            edited = chance.sample(mine, min(len(mine), chance.randint(0, 6)))
            session.execute(EDIT, {"ids": edited})
            deleted = chance.sample(mine, min(len(mine), chance.randint(0, 2)))
            session.execute(DELETE, {"ids": deleted})
            time.sleep(chance.uniform(0, LONGEST_DELAY_SECONDS))
        mine += posted
        left -= len(posted) + len(edited) + len(deleted)


def read_at_leisure(follower: Follower, chance: random.Random) -> None:
    """Read a page, and rest for a while."""
    follower.read_page()
    time.sleep(chance.uniform(0, LONGEST_DELAY_SECONDS))


def test_of_twenty_thousand_changes_by_slow_writers_no_follower_misses_one(sessions: Sessions, ann: int) -> None:
    followers = [Follower(sessions, limit=limit) for limit in (11, 100, 1000)]
    with ExitStack() as reading, ThreadPoolExecutor(MANY_WRITERS) as pool:
        for number, follower in enumerate(followers):
            chance = random.Random(f"reader {number}")
            reading.enter_context(in_background(partial(read_at_leisure, follower, chance)))
        for writing in [pool.submit(write_much, sessions, ann, seed) for seed in range(MANY_WRITERS)]:
            writing.result()
    with sessions() as session:
        versions = {row.id: row.version for row in session.execute(select(Message.id, Message.version))}
    for follower in followers:
        follower.catch_up()
    missed = [{row for row in versions if follower.seen.get(row) != versions[row]} for follower in followers]
    assert [len(each) for each in missed] == [0, 0, 0]
