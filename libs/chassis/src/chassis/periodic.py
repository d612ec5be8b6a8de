"""What is to be done again and again, by one process of all that could."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import Engine, text

from chassis.backoff import retry
from chassis.database import DATABASE_ERRORS

log = structlog.get_logger(__name__)

TRY_LOCK = text("SELECT pg_try_advisory_lock(:lock)")
STILL_THERE = text("SELECT 1")
LEADER_CHECK_SECONDS = 1.0
TICK_SECONDS = 0.25


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """Something to be done every so often; for a moment, while the lead changes, two processes may do it at once."""

    name: str
    every_seconds: float
    do: Callable[[], object]


class Periodic:
    """Does *jobs*, one after the other, for as long as it leads.

    Args:
        engine: Of the database that decides who leads.
        lock: The number of the advisory lock that the leader holds.
        clock: Seconds that never go back.
    """

    def __init__(
        self, engine: Engine, jobs: Sequence[Job], *, lock: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._lock = lock
        self._clock = clock
        self._due_at = {job: clock() for job in jobs}

    def run(self, stopping: threading.Event) -> None:
        """Do them until *stopping* is set; the one in hand is finished first."""
        while not stopping.is_set():
            try:
                retry(*DATABASE_ERRORS, what="periodic", stopping=stopping)(self._lead, stopping)
            except DATABASE_ERRORS as error:
                log.warning("stopped_while_failing", error=repr(error))
            except Exception:
                log.exception("unexpected_error")
                stopping.wait(LEADER_CHECK_SECONDS)

    def _lead(self, stopping: threading.Event) -> None:
        with self._engine.connect() as connection:
            # As with the relay: the lock goes with its connection, which must not go back to the pool.
            connection.detach()
            while not connection.scalar(TRY_LOCK, {"lock": self._lock}):
                if stopping.wait(LEADER_CHECK_SECONDS):
                    return
            log.info("periodic_leads")
            while not stopping.wait(TICK_SECONDS):
                connection.execute(STILL_THERE)
                self.do_what_is_due()

    def do_what_is_due(self) -> None:
        """Do each job whose time has come; one that fails is tried again when its time comes again."""
        for job, due_at in self._due_at.items():
            if due_at > self._clock():
                continue
            try:
                job.do()
            except DATABASE_ERRORS as error:
                log.warning("job_failed", job=job.name, error=repr(error))
            except Exception:
                log.exception("job_failed", job=job.name)
            self._due_at[job] = self._clock() + job.every_seconds
