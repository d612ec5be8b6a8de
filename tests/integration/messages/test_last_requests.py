"""Requests are written down soon, in batches, and are kept while the database is away."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from chassis.clock import utc_now
from chassis.database import connect, create_sessions
from messages.api import last_requests
from messages.api.last_requests import SHOWN_FOR, LastRequests
from messages.models import User
from tests.integration.messages.conftest import NOON
from tests.people import eventually

Sessions = sessionmaker[Session]


class Clock:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def user(sessions: Sessions, user_id: int) -> User:
    with sessions() as session:
        return session.get_one(User, user_id)


@contextmanager
def running(requests: LastRequests) -> Iterator[None]:
    stopping = threading.Event()
    thread = threading.Thread(target=requests.run, args=[stopping])
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def test_whoever_asks_something_is_shown_without_delay(
    sessions: Sessions, ann: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(last_requests, "EVERY_SECONDS", 600.0)
    requests = LastRequests(sessions, utc_now)
    with running(requests):
        requests.note(ann)
        assert eventually(lambda: user(sessions, ann).online)
        requests.arrival.set()  # or it would wait for ten minutes


def test_whoever_is_shown_already_is_written_down_with_the_others(sessions: Sessions, ann: int) -> None:
    clock = Clock()
    requests = LastRequests(sessions, clock)
    requests.note(ann)
    assert requests.arrival.is_set()
    requests.arrival.clear()
    requests.write()
    clock.now += SHOWN_FOR - timedelta(seconds=1)
    requests.note(ann)
    assert not requests.arrival.is_set()
    requests.write()
    clock.now += SHOWN_FOR
    requests.note(ann)
    assert requests.arrival.is_set()


@pytest.fixture
def away() -> Iterator[Engine]:
    """A database that is."""
    engine = connect(SecretStr("postgresql://nobody@127.0.0.1:1/messages"), name="test")
    yield engine
    engine.dispose()


def test_what_comes_while_the_database_is_away_is_written_down_when_it_is_back(
    sessions: Sessions, ann: int, away: Engine
) -> None:
    clock = Clock()
    changing = create_sessions(away)
    requests = LastRequests(changing, clock)
    requests.note(ann)
    assert not requests.write()
    clock.now += timedelta(seconds=1)
    requests.note(ann)
    assert not requests.write()
    assert len(requests) == 1
    clock.now += timedelta(seconds=1)
    changing.configure(bind=sessions.kw["bind"])
    assert requests.write()
    assert len(requests) == 0
    assert user(sessions, ann).last_request_at == NOON + timedelta(seconds=1)


def test_what_is_kept_is_bounded(away: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_requests, "MAX_USERS", 2)
    requests = LastRequests(create_sessions(away), utc_now)
    for user_id in (1, 2, 3, 2):
        requests.note(user_id)
    assert len(requests) == 2


def test_many_are_written_down_bit_by_bit(sessions: Sessions, ann: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_requests, "AT_A_TIME", 2)
    requests = LastRequests(sessions, utc_now)
    for user_id in (ann + 3, ann + 2, ann + 1, ann):
        requests.note(user_id)
    assert requests.write()
    assert len(requests) == 0
    assert user(sessions, ann).online
