"""How much a user may write."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from messages.commands.limits import Limit, use_up
from messages.domain import TooManyWritesError
from tests.integration.messages.chats import NOON

Sessions = sessionmaker[Session]
LIMIT = Limit(per_minute=6, burst=3)  # one every ten seconds


def write(sessions: Sessions, *, user_id: int = 1, now: datetime = NOON) -> int | None:
    """Return None if *user_id* may write, or else the seconds to wait."""
    try:
        with sessions.begin() as session:
            use_up(session, user_id=user_id, limit=LIMIT, now=now)
    except TooManyWritesError as error:
        return error.retry_after_seconds
    return None


def test_so_many_at_once_and_no_more(sessions: Sessions) -> None:
    assert [write(sessions) for _ in range(5)] == [None, None, None, 10, 10]


def test_whoever_waits_as_long_as_they_were_told_may_go_on(sessions: Sessions) -> None:
    waits = [write(sessions) for _ in range(4)]
    later = NOON + timedelta(seconds=waits[-1] or 0)
    assert [write(sessions, now=later), write(sessions, now=later)] == [None, 10]


def test_what_was_refused_does_not_count(sessions: Sessions) -> None:
    for _ in range(10):
        write(sessions)
    assert [write(sessions, now=NOON + timedelta(seconds=20)) for _ in range(3)] == [None, None, 10]


def test_after_a_rest_everything_is_free_again_and_not_more(sessions: Sessions) -> None:
    write(sessions)
    rested = NOON + timedelta(days=1)
    assert [write(sessions, now=rested) for _ in range(4)] == [None, None, None, 10]


def test_everybody_has_a_limit_of_their_own(sessions: Sessions) -> None:
    assert [write(sessions, user_id=user_id) for user_id in (1, 1, 1, 2)] == [None] * 4


@pytest.mark.parametrize("seconds", [3, 9.5])
def test_a_wait_is_told_in_whole_seconds_that_are_enough(sessions: Sessions, seconds: float) -> None:
    for _ in range(3):
        write(sessions)
    now = NOON + timedelta(seconds=seconds)
    wait = write(sessions, now=now)
    assert wait is not None
    assert write(sessions, now=now + timedelta(seconds=wait)) is None
