"""Moves outbox rows to the exchange: one relay at a time, nothing removed before the broker confirmed it."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import BigInteger, Connection, Engine, RowMapping, any_, bindparam, delete, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.amqp import BrokerUnavailableError
from chassis.backoff import retry
from chassis.clock import Clock, utc_now
from chassis.confirms import Outcome
from chassis.database import DATABASE_ERRORS
from chassis.envelope import Envelope
from chassis.metrics import OUTBOX_WAITING
from chassis.outbox import OUTBOX
from chassis.publisher import Publisher

log = structlog.get_logger(__name__)

FAILURES = (*DATABASE_ERRORS, BrokerUnavailableError)
RELAY_LOCK = 0x72656C6179
TRY_LOCK = text("SELECT pg_try_advisory_lock(:lock)")
LEADER_CHECK_SECONDS = 1.0
# From the shortest on, every pause in which nothing came is longer than the one before.
SHORTEST_PAUSE_SECONDS = 0.001
PAUSE_GROWTH = 1.1
# After several at once, if those were all: what comes meanwhile goes together, which costs all less than one by one.
BUSY_PAUSE_SECONDS = 0.05
# An event that no queue took is tried again after this time; its row is kept meanwhile.
REFUSED_PAUSE = timedelta(seconds=1)
# For so long the instances that a broadcast is for may be away, for instance while a broker restarts.
BROADCAST_PATIENCE = timedelta(seconds=30)

COLUMNS = [OUTBOX.c[name] for name in ("id", "type", "source", "time", "correlation_id", "broadcast", "data")]
# Built once: they are run hundreds of times a second.
DUE = (
    select(OUTBOX.c.position, *COLUMNS)
    .where(OUTBOX.c.due_at <= bindparam("now"))
    .order_by(OUTBOX.c.position)
    .limit(bindparam("batch"))
)
AMONG = OUTBOX.c.position == any_(bindparam("positions", type_=ARRAY(BigInteger)))
REMOVE = delete(OUTBOX).where(AMONG)
POSTPONE = update(OUTBOX).where(AMONG).values(due_at=bindparam("later"))


class Relay:
    """Empties the outbox behind *engine* through *publisher*.

    Rows are selected by being there, never by a position that was reached: a
    transaction may commit after another that began later.

    Args:
        batch: Events published at a time.
        poll_seconds: Longest pause after the outbox was found empty; pauses are shorter while there is something to do.
    """

    def __init__(
        self,
        engine: Engine,
        publisher: Publisher,
        *,
        batch: int,
        poll_seconds: float,
        clock: Clock = utc_now,
    ) -> None:
        # Every statement for itself: no transaction is open while the broker is waited for, and looking costs one trip.
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._publisher = publisher
        self._batch = batch
        self._poll_seconds = poll_seconds
        self._clock = clock

    def run(self, stopping: threading.Event) -> None:
        """Relay until *stopping* is set; the batch in hand is finished first."""
        while not stopping.is_set():
            try:
                retry(*FAILURES, what="relay", stopping=stopping)(self._lead, stopping)
            except FAILURES as error:
                log.warning("stopped_while_failing", error=repr(error))

    def _lead(self, stopping: threading.Event) -> None:
        with self._engine.connect() as connection:
            # The lock belongs to the connection, and must go with it however this ends: back in the pool, it would keep
            # the lock from everybody, ourselves included.
            connection.detach()
            while not connection.scalar(TRY_LOCK, {"lock": RELAY_LOCK}):
                if stopping.wait(LEADER_CHECK_SECONDS):
                    return
            log.info("relay_leads")
            self.relay_batch(connection)
            try:
                self._relay_all(connection, stopping)
            except FAILURES as error:
                # It has worked before: the next try comes at once, and its pauses begin at the shortest.
                log.warning("relay_interrupted", error=repr(error))

    def _relay_all(self, connection: Connection, stopping: threading.Event) -> None:
        pause = self._poll_seconds
        while not stopping.is_set():
            # One event is seldom alone: what it sets in motion comes back here soon.
            moved = self.relay_batch(connection)
            pause = SHORTEST_PAUSE_SECONDS if moved else min(self._poll_seconds, PAUSE_GROWTH * pause)
            stopping.wait(BUSY_PAUSE_SECONDS if 1 < moved < self._batch else pause)

    def relay_batch(self, connection: Connection) -> int:
        """Publish the oldest events that are due; return how many there were.

        Args:
            connection: Commits every statement by itself.

        Raises:
            BrokerUnavailableError: All of them stay, and will be published again.
        """
        now = self._clock()
        rows = connection.execute(DUE, {"now": now, "batch": self._batch}).mappings().all()
        OUTBOX_WAITING.set(len(rows))
        if rows:
            outcomes = self._publisher.publish([_envelope_of(row) for row in rows])
            self._settle(connection, list(zip(rows, outcomes, strict=True)), now)
        return len(rows)

    def _settle(self, connection: Connection, results: Sequence[tuple[RowMapping, Outcome]], now: datetime) -> None:
        gone = [row["position"] for row, outcome in results if _is_settled(row, outcome, now)]
        kept = [row for row, outcome in results if not _is_settled(row, outcome, now)]
        if gone:
            connection.execute(REMOVE, {"positions": gone})
        if kept:
            log.warning("events_refused", count=len(kept), types=sorted({row["type"] for row in kept}))
            late = [row["position"] for row in kept]
            connection.execute(POSTPONE, {"positions": late, "later": now + REFUSED_PAUSE})


def _is_settled(row: RowMapping, outcome: Outcome, now: datetime) -> bool:
    nobody_listens = outcome is Outcome.UNROUTABLE and row["broadcast"] and row["time"] < now - BROADCAST_PATIENCE
    return outcome is Outcome.CONFIRMED or nobody_listens


def _envelope_of(row: RowMapping) -> Envelope:
    values = {column.name: row[column.name] for column in COLUMNS}
    return Envelope(**{**values, "data": bytes(values["data"])})
