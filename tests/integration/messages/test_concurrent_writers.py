"""Nothing is missed of what many write at once, in transactions of all lengths."""

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import select
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
