"""Answers clients that come back and ask for what they have missed, however many come at once."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

from chassis.internal import ANSWER_SECONDS, RefusedError, ServiceUnavailableError
from push.changes import Page
from push.metrics import SYNCS

READINGS_AT_ONCE: Final = 8
MAX_WAITING: Final = 1000
PATIENCE_SECONDS: Final = 4.0
# Those who could not be answered do not all come back in the same moment.
RETRY_SECONDS: Final = (1, 5)


class SyncUnavailableError(ServiceUnavailableError):
    """What was missed cannot be read right now; `retry_after_seconds` says when to ask again."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.retry_after_seconds = random.randint(*RETRY_SECONDS)  # noqa: S311 - nobody gains from it


class Syncing:
    """Reads a few pages at once; the others wait for their turn, and those who wait for the same page share it.

    After an interruption hundreds ask with the same cursor. They share a reading only until it begins: what is read
    must not be older than their connection, or what changed in between would be missed.

    Args:
        read: Returns what follows on a cursor.
    """

    def __init__(self, read: Callable[[str | None], Page], *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._read = read
        self._patience_seconds = patience_seconds
        self._turns = threading.BoundedSemaphore(READINGS_AT_ONCE)
        self._lock = threading.Lock()
        self._waiting: dict[str | None, Future[Page]] = {}

    def after(self, cursor: str | None) -> Page:
        """Return what follows on *cursor*, as it is read after this call.

        Raises:
            SyncUnavailableError: It cannot be read, or too many others want something else.
            RefusedError: The cursor has expired, or never was one.
        """
        try:
            page = self._share(cursor).result(self._patience_seconds + ANSWER_SECONDS)
        except RefusedError:
            SYNCS.labels("refused").inc()
            raise
        except (ServiceUnavailableError, TimeoutError) as error:
            SYNCS.labels("unavailable").inc()
            raise SyncUnavailableError(repr(error)) from error
        SYNCS.labels("answered").inc()
        return page

    def _share(self, cursor: str | None) -> Future[Page]:
        with self._lock:
            shared = self._waiting.get(cursor)
            if shared is not None:
                return shared
            if len(self._waiting) >= MAX_WAITING:
                raise ServiceUnavailableError("too many wait for their turn")
            reading = self._waiting[cursor] = Future()
        try:
            reading.set_result(self._read_in_turn(cursor))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where the result is wanted
            reading.set_exception(error)
        return reading

    def _read_in_turn(self, cursor: str | None) -> Page:
        has_turn = self._turns.acquire(timeout=self._patience_seconds)
        with self._lock:
            del self._waiting[cursor]
        if not has_turn:
            raise ServiceUnavailableError("its turn did not come in time")
        try:
            return self._read(cursor)
        finally:
            self._turns.release()
