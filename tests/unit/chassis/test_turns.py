"""Who has waited longest gets the next place."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from chassis.turns import FairPool, Turns
from tests.people import eventually

NOW = 0.0
SOON = 0.01
LONG = 30.0


@pytest.fixture
def turns() -> Turns:
    """One place, which is taken."""
    turns = Turns(1)
    assert turns.take(NOW)
    return turns


def test_there_are_so_many_places() -> None:
    turns = Turns(2)
    assert [turns.take(SOON) for _ in range(3)] == [True, True, False]


def test_a_place_that_is_given_back_is_free(turns: Turns) -> None:
    turns.give_back()
    assert turns.take(NOW)
    assert not turns.take(SOON)


@pytest.fixture
def waiting(turns: Turns) -> Iterator[list[int]]:
    """The numbers of five who wait, in the order in which they get their turn."""
    served: list[int] = []
    threads = []

    def wait(number: int) -> None:
        assert turns.take(LONG)
        served.append(number)

    for number in range(5):
        threads.append(threading.Thread(target=wait, args=(number,)))
        threads[-1].start()
        assert eventually(lambda: len(turns._waiting) == number + 1)  # noqa: B023, SLF001  # nobody else can tell
    yield served
    while any(thread.is_alive() for thread in threads):
        turns.give_back()
        threads[0].join(SOON)


def test_who_came_first_is_served_first(turns: Turns, waiting: list[int]) -> None:
    for count in range(1, 6):
        turns.give_back()
        assert eventually(lambda: len(waiting) == count)  # noqa: B023
    assert waiting == [0, 1, 2, 3, 4]


def test_a_newcomer_does_not_overtake_those_who_wait(turns: Turns, waiting: list[int]) -> None:
    turns.give_back()
    assert not turns.take(SOON)
    assert eventually(lambda: waiting == [0])


def test_who_gave_up_is_passed_over(turns: Turns) -> None:
    assert not turns.take(SOON)
    turns.give_back()
    assert turns.take(NOW)


def test_a_pool_lends_as_many_connections_as_it_has_and_takes_all_back() -> None:
    engine = create_engine("sqlite://", poolclass=FairPool, pool_size=2, max_overflow=0, pool_timeout=SOON)
    for _ in range(3):
        first, second = engine.connect(), engine.connect()
        with pytest.raises(PoolTimeoutError):
            engine.connect()
        first.close()
        second.detach()
        second.close()


class KilledError(BaseException):
    """As a greenlet that is killed while it waits."""


def test_who_is_killed_while_waiting_is_passed_over(turns: Turns, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(_turn: threading.Event, _timeout: float) -> bool:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(threading.Event, "wait", die)
        with pytest.raises(KilledError):
            turns.take(LONG)
    turns.give_back()
    assert turns.take(NOW)
