"""What fails for now is tried again, after pauses that grow and differ."""

import threading
from collections.abc import Callable

import pytest

from chassis.backoff import LONGEST_PAUSE_SECONDS, retry


class AwayError(Exception):
    """Something is away."""


def failing(times: int, error: Exception) -> Callable[[], str]:
    """Return what works at last, after failing *times*."""
    left = [error] * times

    def work() -> str:
        if left:
            raise left.pop()
        return "done"

    return work


def no_pause(_seconds: float) -> None:
    pytest.fail("it was tried again")


def pauses_of(times: int) -> list[float]:
    pauses: list[float] = []
    retry(AwayError, what="test", stopping=threading.Event(), sleep=pauses.append)(failing(times, AwayError()))
    return pauses


def test_it_tries_until_it_works() -> None:
    assert len(pauses_of(5)) == 5


def test_what_works_at_once_is_not_waited_for() -> None:
    assert pauses_of(0) == []


def test_the_arguments_and_the_answer_are_passed_on() -> None:
    assert retry(AwayError, what="test", stopping=threading.Event())(int, "2a", base=16) == 42


def test_pauses_grow() -> None:
    assert max(pauses_of(3)) < LONGEST_PAUSE_SECONDS / 5
    assert max(pauses_of(60)) > LONGEST_PAUSE_SECONDS / 5


def test_no_pause_is_longer_than_the_longest() -> None:
    assert max(pauses_of(200)) <= LONGEST_PAUSE_SECONDS


def test_two_processes_do_not_come_back_together() -> None:
    assert pauses_of(20) != pauses_of(20)


def test_another_error_is_raised_at_once() -> None:
    with pytest.raises(KeyError):
        retry(AwayError, what="test", stopping=threading.Event(), sleep=no_pause)(failing(1, KeyError()))


def test_without_any_errors_to_wait_for_nothing_is_tried_again() -> None:
    with pytest.raises(AwayError):
        retry(what="test", stopping=threading.Event(), sleep=no_pause)(failing(1, AwayError()))


def test_the_last_error_is_raised_when_there_is_no_time_left() -> None:
    stopping = threading.Event()
    stopping.set()
    with pytest.raises(AwayError):
        retry(AwayError, what="test", stopping=stopping)(failing(1, AwayError()))


def test_a_stop_ends_the_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.backoff.FIRST_PAUSE_SECONDS", 3600.0)
    monkeypatch.setattr("chassis.backoff.LONGEST_PAUSE_SECONDS", 3600.0)
    stopping = threading.Event()
    threading.Timer(0.05, stopping.set).start()
    with pytest.raises(AwayError):
        retry(AwayError, what="test", stopping=stopping)(failing(2, AwayError()))
