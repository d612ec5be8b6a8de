"""One host is asked so much and no more, and a slow one delays no other."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future

import pytest

from renderer.hosts import AT_ONCE, LONGEST_WAIT_SECONDS, PER_MINUTE, THREADS, WAITING_AT_MOST, HostRates, HostTurns
from renderer.urls import RefusedError
from tests.people import eventually


class Clock:
    """Goes on when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Site:
    """Answers once it is told to."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.asked = threading.Semaphore(0)
        self.now = self.most = 0
        self._lock = threading.Lock()

    def answer(self) -> str:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.asked.release()
        assert self.go_on.wait(20)
        with self._lock:
            self.now -= 1
        return "answer"

    def is_asked(self, times: int) -> bool:
        return all(self.asked.acquire(timeout=20) for _ in range(times))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def turns(clock: Clock) -> Iterator[HostTurns]:
    turns = HostTurns(clock)
    yield turns
    turns.close()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.go_on.set()


def test_a_minute_has_so_many_connections_to_one_host(clock: Clock) -> None:
    rates = HostRates(clock)
    for second in range(PER_MINUTE):
        clock.now = second / 2
        rates.admit("host:a.example")
    with pytest.raises(RefusedError):
        rates.admit("host:a.example")
    rates.admit("host:b.example")
    clock.now = 60.1
    rates.admit("host:a.example")


def test_so_many_and_no_more_are_asked_of_one_host_at_once(turns: HostTurns, site: Site) -> None:
    futures = [turns.submit("a.example", site.answer) for _ in range(3 * AT_ONCE)]
    assert site.is_asked(AT_ONCE)
    site.go_on.set()
    assert [future.result(20) for future in futures] == ["answer"] * 3 * AT_ONCE
    assert site.most == AT_ONCE


def test_a_slow_host_delays_no_other(turns: HostTurns, site: Site) -> None:
    slow = [turns.submit("slow.example", site.answer) for _ in range(AT_ONCE + WAITING_AT_MOST)]
    assert len(slow) > THREADS
    assert turns.submit("fast.example", lambda: "at once").result(20) == "at once"
    assert not any(future.done() for future in slow)


def test_each_gets_its_turn_in_order(turns: HostTurns, site: Site) -> None:
    done: list[int] = []
    for _ in range(AT_ONCE - 1):
        turns.submit("a.example", site.answer)
    assert site.is_asked(AT_ONCE - 1)

    def note(number: int) -> Callable[[], None]:
        return lambda: done.append(number)

    futures: list[Future[None]] = [turns.submit("a.example", note(number)) for number in range(20)]
    for future in futures:
        future.result(20)
    assert done == list(range(20))


def test_whoever_waits_too_long_is_not_looked_at(turns: HostTurns, site: Site, clock: Clock) -> None:
    futures = [turns.submit("a.example", site.answer) for _ in range(AT_ONCE + 1)]
    assert site.is_asked(AT_ONCE)
    clock.now = LONGEST_WAIT_SECONDS + 1
    site.go_on.set()
    with pytest.raises(RefusedError):
        futures[-1].result(20)


def test_so_many_may_wait_and_no_more(turns: HostTurns, site: Site) -> None:
    taken = [turns.submit("a.example", site.answer) for _ in range(AT_ONCE + WAITING_AT_MOST)]
    with pytest.raises(RefusedError):
        turns.submit("a.example", site.answer).result(20)
    assert turns.submit("b.example", lambda: 1).result(20) == 1
    site.go_on.set()
    assert {future.result(20) for future in taken} == {"answer"}


def test_what_fails_gives_its_turn_away(turns: HostTurns) -> None:
    def fail() -> None:
        raise ValueError("x")

    failing = [turns.submit("a.example", fail) for _ in range(3 * AT_ONCE)]
    assert all(isinstance(future.exception(20), ValueError) for future in failing)
    assert turns.submit("a.example", lambda: 1).result(20) == 1


def test_what_waits_at_the_end_is_given_up(site: Site) -> None:
    turns = HostTurns()
    futures = [turns.submit("a.example", site.answer) for _ in range(AT_ONCE + 1)]
    assert site.is_asked(AT_ONCE)
    closing = threading.Thread(target=turns.close)
    closing.start()
    assert eventually(futures[-1].cancelled)
    site.go_on.set()
    closing.join(20)
    assert [future.result(20) for future in futures[:AT_ONCE]] == ["answer"] * AT_ONCE
    with pytest.raises(CancelledError):
        futures[-1].result(20)
