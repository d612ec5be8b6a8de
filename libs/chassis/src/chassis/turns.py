"""Places that are given to who has waited longest."""

import threading
from collections import deque
from typing import Any

from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool


class Turns:
    """So many places; whoever comes while others wait comes after them."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: deque[threading.Event] = deque()
        self._lock = threading.Lock()

    def take(self, timeout_seconds: float) -> bool:
        """Take a place; false if it was none's turn to leave in time."""
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        try:
            if turn.wait(timeout_seconds):
                return True
        except BaseException:
            if not self._leave(turn):
                self.give_back()
            raise
        return not self._leave(turn)

    def _leave(self, turn: threading.Event) -> bool:
        """Wait no longer; false if the turn came at the last moment."""
        with self._lock:
            if turn.is_set():
                return False
            self._waiting.remove(turn)
            return True

    def give_back(self) -> None:
        """Leave the place to who has waited longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1


class FairPool(QueuePool):
    """Connections, first come first served.

    As SQLAlchemy has it, whoever returns one and asks again at once gets it before those who wait: under load some wait
    until they give up.
    """

    def __init__(self, creator: Any, pool_size: int = 5, **options: Any) -> None:
        super().__init__(creator, pool_size=pool_size, **options)
        self._turns = Turns(pool_size)
        self._mine = threading.local()

    def _do_get(self) -> Any:
        if getattr(self._mine, "has_turn", False):  # QueuePool asks itself again when others were faster
            return super()._do_get()
        if not self._turns.take(self._timeout):
            raise PoolTimeoutError(f"All {self.size()} connections were in use for {self._timeout} s.")
        self._mine.has_turn = True
        try:
            return super()._do_get()
        except BaseException:
            self._turns.give_back()
            raise
        finally:
            self._mine.has_turn = False

    def _do_return_conn(self, record: Any) -> None:
        try:
            super()._do_return_conn(record)
        finally:
            self._turns.give_back()
