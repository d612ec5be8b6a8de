"""What was found out is kept for a while, and nothing is found out twice at once."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from cachetools import TLRUCache

ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class Found(Generic[ValueT]):
    """What was found out.

    Attributes:
        seconds: How long it may be kept.
    """

    value: ValueT
    seconds: float


class Once(Generic[ValueT]):
    """Keeps what belongs to keys.

    Args:
        room: How much is kept; what was not asked for longest goes first.
        size_of: How much of the room a value takes.
        clock: Seconds that never go back.
    """

    def __init__(
        self,
        *,
        room: int,
        size_of: Callable[[ValueT], int] = lambda _value: 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lock = threading.Lock()
        self._in_flight: dict[str, Future[Found[ValueT]]] = {}
        self._kept: TLRUCache[str, Found[ValueT]] = TLRUCache(
            room,
            ttu=lambda _key, found, now: now + found.seconds,
            timer=clock,
            getsizeof=lambda found: size_of(found.value),
        )

    def begin(self, key: str, find_out: Callable[[], Future[Found[ValueT]]]) -> Future[Found[ValueT]]:
        """Return what will be known of *key*.

        Args:
            find_out: Called if nobody knows and nobody is about to; returns at once.
        """
        with self._lock:
            if found := self._kept.get(key):
                known: Future[Found[ValueT]] = Future()
                known.set_result(found)
                return known
            if in_flight := self._in_flight.get(key):
                return in_flight
            future = self._in_flight[key] = find_out()
        future.add_done_callback(partial(self._keep, key))
        return future

    def get(self, key: str, find_out: Callable[[], Found[ValueT]], *, timeout_seconds: float) -> ValueT:
        """Return what is known of *key*; without anybody else who finds out, do it here.

        Raises:
            TimeoutError: Whoever finds it out takes too long.
        """
        mine: Future[Found[ValueT]] = Future()
        future = self.begin(key, lambda: mine)
        if future is mine:
            try:
                mine.set_result(find_out())
            except BaseException as error:  # noqa: BLE001  # it is raised below, here and for all who wait
                mine.set_exception(error)
        return future.result(timeout_seconds).value

    def _keep(self, key: str, future: Future[Found[ValueT]]) -> None:
        with self._lock:
            del self._in_flight[key]
            if not future.cancelled() and not future.exception() and future.result().seconds:
                self._kept[key] = future.result()
