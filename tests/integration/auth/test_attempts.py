"""Wrong passwords are counted for all replicas; on a real database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from auth.commands.attempts import Attempt, begin_attempt, count_success, forget_attempts, take_back
from auth.domain.attempts import ADDRESS_KNOWN, FAILURES_KEPT, LONGEST_PAUSE, Patience, TooManyAttemptsError
from auth.models import LoginAttempts
from tests.integration.auth.conftest import NOON, Auth

PATIENCE = Patience(at_one=3, for_one=10, stranger=1, from_one=20)
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.1"
MOMENT = timedelta(seconds=1)

TryPassword = Callable[..., bool]


@pytest.fixture
def attempt(auth: Auth) -> TryPassword:
    """Tries to log in as somebody, and returns whether the password was looked at."""

    def try_once(*, is_right: bool = False, nickname: str = "ann", address: str = HOME, now: datetime = NOON) -> bool:
        who = Attempt.of(nickname, address, b"key")
        try:
            with auth.sessions.begin() as session:
                begin_attempt(session, who, PATIENCE, now=now)
        except TooManyAttemptsError:
            return False
        if is_right:
            with auth.sessions.begin() as session:
                count_success(session, who, now=now)
        return True

    return try_once


def test_after_some_wrong_passwords_none_is_looked_at_for_a_while(attempt: TryPassword) -> None:
    assert [attempt() for _ in range(5)] == [True, True, True, False, False]
    assert not attempt(is_right=True), "nobody may learn whether it is"
    assert attempt(is_right=True, now=NOON + MOMENT)


def test_whoever_has_waited_has_one_try(attempt: TryPassword) -> None:
    for _ in range(3):
        attempt()
    assert [attempt(now=NOON + MOMENT) for _ in range(3)] == [True, False, False]
    assert [attempt(now=NOON + 3 * MOMENT) for _ in range(3)] == [True, False, False]


def test_of_many_tries_at_once_one_is_looked_at(attempt: TryPassword) -> None:
    for _ in range(3):
        attempt()
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: attempt(now=NOON + MOMENT), range(24))) == 1


def test_the_right_password_makes_up_for_the_wrong_ones(attempt: TryPassword) -> None:
    for _ in range(4):
        assert [attempt(), attempt(), attempt(is_right=True)] == [True, True, True]


def test_whoever_guesses_does_not_lock_the_owner_out(attempt: TryPassword) -> None:
    attempt(is_right=True)
    for number in range(50):
        attempt(address=f"203.0.113.{number}")
    assert attempt(is_right=True)
    assert attempt(is_right=True, address=ELSEWHERE), "nor at an address that is new"
    assert [attempt(address=f"203.0.113.{number}") for number in range(10)] == [False] * 10


def test_others_may_log_in_where_somebody_guesses(attempt: TryPassword) -> None:
    attempt(is_right=True, nickname="bob")
    for number in range(50):
        attempt(nickname=f"user {number}")
    assert not attempt(nickname="user 99"), "one address guesses at everybody's"
    assert attempt(is_right=True, nickname="bob"), "but his is known"
    assert attempt(nickname="user 99", address=ELSEWHERE)


def test_nobody_has_more_tries_by_making_them_at_the_same_time(attempt: TryPassword) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: attempt(), range(40))) == 3


def test_one_nickname_is_guessed_at_from_everywhere_at_the_same_time(auth: Auth, attempt: TryPassword) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda number: attempt(address=f"203.0.113.{number}"), range(40)))
    with auth.sessions() as session:
        everywhere = select(LoginAttempts.failures).where(LoginAttempts.address == "")
        assert session.scalars(everywhere).one() == 40, "none was lost"


def test_those_who_log_in_do_not_make_others_wait(attempt: TryPassword) -> None:
    for number in range(19):
        attempt(nickname=f"user {number}")
    assert all(attempt(is_right=True, nickname=f"colleague {number}") for number in range(30))


def test_an_attempt_that_came_to_nothing_does_not_count(auth: Auth, attempt: TryPassword) -> None:
    who = Attempt.of("ann", HOME, b"key")
    for _ in range(10):
        with auth.sessions.begin() as session:
            begin_attempt(session, who, PATIENCE, now=NOON)
        with auth.sessions.begin() as session:
            take_back(session, who)
    assert attempt()


def test_what_makes_no_difference_any_more_is_forgotten(auth: Auth, attempt: TryPassword) -> None:
    attempt()
    attempt(is_right=True, nickname="bob")

    def left(now: datetime) -> int:
        with auth.sessions.begin() as session:
            forget_attempts(session, now=now)
            return session.scalar(select(func.count()).select_from(LoginAttempts)) or 0

    assert left(NOON + LONGEST_PAUSE) == 5
    assert left(NOON + FAILURES_KEPT + MOMENT) == 1
    assert left(NOON + ADDRESS_KNOWN + MOMENT) == 0


def test_no_nickname_is_kept(auth: Auth, attempt: TryPassword) -> None:
    attempt(nickname="my password by mistake")
    with auth.sessions() as session:
        accounts = [bytes(row.account) for row in session.scalars(select(LoginAttempts))]
    assert not any(b"password" in account for account in accounts)
