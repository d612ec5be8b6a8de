"""Requests that wait until what they set in motion is done."""

import threading
from collections import defaultdict
from collections.abc import Callable, Collection
from uuid import UUID

import structlog

log = structlog.get_logger(__name__)

# A rendering takes some hundredths of a second.
POLL_SECONDS = 0.02
MAX_WAITING = 1000


class Waiting:
    """One look at the database for all who wait in this process, again and again for as long as anybody does.

    Args:
        done_tasks: Returns those of some tasks that are done.
    """

    def __init__(self, done_tasks: Callable[[Collection[UUID]], set[UUID]]) -> None:
        self._done_tasks = done_tasks
        self._lock = threading.Lock()
        self._waiting: defaultdict[UUID, set[threading.Event]] = defaultdict(set)
        self._is_looking = False

    def wait(self, task_id: UUID, seconds: float) -> bool:
        """Wait until *task_id* is done; false if that takes too long, or too many wait already."""
        done = threading.Event()
        with self._lock:
            if len(self._waiting) >= MAX_WAITING:
                return False
            self._waiting[task_id].add(done)
            if not self._is_looking:
                self._is_looking = True
                threading.Thread(target=self._look, name="waiting", daemon=True).start()
        try:
            return done.wait(seconds)
        finally:
            with self._lock:
                self._waiting[task_id].discard(done)
                if not self._waiting[task_id]:
                    del self._waiting[task_id]

    def _look(self) -> None:
        pause = threading.Event()
        while wanted := self._wanted():
            try:
                for task_id in self._done_tasks(wanted):
                    self._tell(task_id)
            except Exception as error:  # noqa: BLE001  # whoever waits is told in time that it is not done yet
                log.warning("waiting_without_a_look", error=repr(error))
            pause.wait(POLL_SECONDS)

    def _wanted(self) -> list[UUID]:
        with self._lock:
            self._is_looking = bool(self._waiting)
            return list(self._waiting)

    def _tell(self, task_id: UUID) -> None:
        with self._lock:
            for done in self._waiting.get(task_id, ()):
                done.set()
