"""What was found out is kept, and nothing is found out twice at once."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from renderer.once import Found, Once


class Clock:
    """Goes on when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Counting:
    """Finds out how often it was asked."""

    def __init__(self, seconds: float = 10) -> None:
        self.asked = 0
        self.seconds = seconds

    def __call__(self) -> Found[int]:
        self.asked += 1
        return Found(self.asked, self.seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_it_is_found_out_once_until_it_is_too_old(clock: Clock) -> None:
    once: Once[int] = Once(room=10, clock=clock)
    find_out = Counting()
    assert [once.get("a", find_out, timeout_seconds=1) for _ in range(3)] == [1, 1, 1]
    clock.now = 9.9
    assert once.get("a", find_out, timeout_seconds=1) == 1
    clock.now = 10.1
    assert once.get("a", find_out, timeout_seconds=1) == 2


def test_each_has_its_own_key(clock: Clock) -> None:
    once: Once[int] = Once(room=10, clock=clock)
    find_out = Counting()
    assert [once.get(key, find_out, timeout_seconds=1) for key in "abab"] == [1, 2, 1, 2]


def test_what_may_not_be_kept_is_not(clock: Clock) -> None:
    once: Once[int] = Once(room=10, clock=clock)
    find_out = Counting(seconds=0)
    assert [once.get("a", find_out, timeout_seconds=1) for _ in range(2)] == [1, 2]


def test_there_is_so_much_room_and_no_more(clock: Clock) -> None:
    once: Once[int] = Once(room=100, size_of=lambda value: 10 * value, clock=clock)
    find_out = Counting()
    for key in "abcdefgh":
        once.get(key, find_out, timeout_seconds=1)
    assert once.get("h", find_out, timeout_seconds=1) == 8
    assert once.get("a", find_out, timeout_seconds=1) == 9


def test_whoever_asks_meanwhile_gets_the_same_answer() -> None:
    once: Once[int] = Once(room=10)
    flying: Future[Found[int]] = Future()
    begun: list[Future[Found[int]]] = []

    def begin() -> Future[Found[int]]:
        begun.append(flying)
        return flying

    first, second = once.begin("a", begin), once.begin("a", begin)
    flying.set_result(Found(7, 10))
    assert (first.result().value, second.result().value, once.begin("a", begin).result().value) == (7, 7, 7)
    assert len(begun) == 1


def test_a_failure_is_told_to_all_who_wait_and_then_forgotten() -> None:
    once: Once[int] = Once(room=10)
    begun, go_on = threading.Event(), threading.Event()

    def fail() -> Found[int]:
        begun.set()
        go_on.wait(20)
        raise ValueError("x")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(once.get, "a", fail, timeout_seconds=20)
        assert begun.wait(20)
        second = threads.submit(once.get, "a", Counting(), timeout_seconds=20)
        go_on.set()
        assert isinstance(first.exception(20), ValueError)
        # It asked in time for the failure, or found it out itself.
        assert isinstance(second.exception(20), ValueError) or second.result().real == 1
    assert once.get("a", Counting(), timeout_seconds=1) == 1


def test_nobody_waits_for_ever() -> None:
    once: Once[int] = Once(room=10)
    once.begin("a", Future)
    with pytest.raises(TimeoutError):
        once.get("a", Counting(), timeout_seconds=0.01)
