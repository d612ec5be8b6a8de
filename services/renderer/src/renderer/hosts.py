"""So much and no more is asked of one host, so that nobody can have us attack it."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar

from cachetools import TTLCache

from renderer.urls import RefusedError

THREADS: Final = 32
AT_ONCE: Final = 4
# More, or for longer, would keep pages of other hosts from being looked at.
WAITING_AT_MOST: Final = 32
LONGEST_WAIT_SECONDS: Final = 15.0
PER_MINUTE: Final = 60
HOSTS_REMEMBERED: Final = 20_000

ResultT = TypeVar("ResultT")
Turn: TypeAlias = tuple[Future[Any], Callable[[], Any]]


class HostRates:
    """Refuses more than `PER_MINUTE` connections a minute to one host, or to one address.

    Args:
        clock: Seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        # Lists, since an entry that is set again would live for another minute.
        self._counts: TTLCache[str, list[int]] = TTLCache(HOSTS_REMEMBERED, ttl=60, timer=clock)
        self._lock = threading.Lock()

    def admit(self, key: str) -> None:
        """Count one more connection to *key*.

        Raises:
            RefusedError: There were too many within a minute.
        """
        with self._lock:
            counted = self._counts.get(key)
            if counted is None:
                counted = self._counts[key] = [0]
            if counted[0] >= PER_MINUTE:
                raise RefusedError("busy")
            counted[0] += 1


class HostTurns:
    """Does things in `THREADS` threads, `AT_ONCE` at most for one host, each host's in the order in which they came.

    Those that wait for their turn hold no thread, so that a slow host delays no other.

    Args:
        clock: Seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="fetch")
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()
        self._waiting: dict[str, deque[Turn]] = {}

    def submit(self, host: str, work: Callable[[], ResultT]) -> Future[ResultT]:
        """Do *work* when it is its turn.

        What is returned raises `RefusedError` if that is not within `LONGEST_WAIT_SECONDS`, or too many wait already.
        """
        future: Future[ResultT] = Future()
        turn = (future, partial(_unless_late, work, self._clock, self._clock() + LONGEST_WAIT_SECONDS))
        with self._lock:
            if len(self._waiting.get(host, ())) == WAITING_AT_MOST:
                future.set_exception(RefusedError("busy"))
            elif self._running[host] == AT_ONCE:
                self._waiting.setdefault(host, deque()).append(turn)
            else:
                self._running[host] += 1
                self._threads.submit(self._take, host, turn)
        return future

    def close(self) -> None:
        """Finish what is being done, and give up what waits."""
        with self._lock:
            for future, _ in (turn for turns in self._waiting.values() for turn in turns):
                future.cancel()
            self._waiting.clear()
        self._threads.shutdown()

    def _take(self, host: str, turn: Turn) -> None:
        future, work = turn
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001  # who waits for the result is told
            future.set_exception(error)
        with self._lock:
            turns = self._waiting.get(host)
            if turns:
                self._threads.submit(self._take, host, turns.popleft())
                return
            self._waiting.pop(host, None)
            self._running[host] -= 1
            if not self._running[host]:
                del self._running[host]


def _unless_late(work: Callable[[], ResultT], clock: Callable[[], float], latest_at: float) -> ResultT:
    if clock() > latest_at:
        raise RefusedError("busy")
    return work()
