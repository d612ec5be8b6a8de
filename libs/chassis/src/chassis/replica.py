"""A streaming replica of PostgreSQL, and whether it is fit to be read from."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import Engine, event, text

from chassis.database import DATABASE_ERRORS, create_sessions
from chassis.metrics import REPLICA_FIT

log = structlog.get_logger(__name__)

CHECK_SECONDS = 2.0
# What a check has found holds for so long. A replica that answers nothing any more, not even that it is ill, is
# left by then, however long the check itself may wait.
FIT_SECONDS = 2 * CHECK_SECONDS
REST_SECONDS = 5.0
LATE = "it has not replayed what the primary had at the last check"

# Any role may ask these; most of what `pg_stat_wal_receiver` shows is for monitoring roles only.
FLUSHED = text("SELECT pg_current_wal_flush_lsn()")
REPLAYED = text("SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= CAST(:lsn AS pg_lsn)")


class Replica:
    """A replica is fit once it has, at one check, replayed all that the primary had flushed at the check before.

    That holds however it fell behind: by not streaming, by a frozen connection, by pausing for a conflict.

    Args:
        engine: The replica, for reading.
        watched: The same, for the watch alone.
        primary: The primary, for the watch alone.
        monotonic: Seconds that never go back.
    """

    def __init__(
        self, engine: Engine, *, watched: Engine, primary: Engine, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.sessions = create_sessions(engine)
        self._watched = watched
        self._primary = primary
        self._monotonic = monotonic
        self._address: Any = None
        for each in (engine, watched):
            event.listen(each, "do_connect", self._connect_to_address)
        self._flushed: str | None = None
        self._complaint: str | None = LATE
        self._fit_until = 0.0
        self._rest_until = 0.0

    @property
    def is_fit(self) -> bool:
        """Whether to read from it now."""
        return self._monotonic() < self._fit_until

    def leave_alone(self, error: Exception) -> None:
        """Give it a rest, for it failed with *error*."""
        self._rest_until = self._monotonic() + REST_SECONDS
        self._flushed = None  # too old by then to tell anything
        self._judge(repr(error))

    def watch(self, stopping: threading.Event) -> None:
        """Check again and again until *stopping* is set."""
        while True:
            self.check()
            if stopping.wait(CHECK_SECONDS):
                return

    def check(self) -> None:
        """Find out whether it is fit; the first check never finds so."""
        try:
            complaint = None if self._keeps_up() else LATE
        except (*DATABASE_ERRORS, OSError) as error:
            complaint = repr(error)
        # It may have failed meanwhile.
        if self._monotonic() >= self._rest_until:
            self._judge(complaint)

    def _keeps_up(self) -> bool:
        self._look_up()
        flushed_then, self._flushed = self._flushed, None
        with self._watched.connect() as connection:
            keeps_up = connection.scalar(REPLAYED, {"lsn": flushed_then})
        with self._primary.connect() as connection:
            self._flushed = connection.scalar(FLUSHED)
        return bool(keeps_up)

    def _look_up(self) -> None:
        # libpq would hold up all greenlets meanwhile: ten seconds for a host that is gone, in some networks.
        url = self._watched.url
        if url.host:
            found = socket.getaddrinfo(url.host, url.port, type=socket.SOCK_STREAM)
            self._address = found[0][4][0]

    def _connect_to_address(self, _dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> None:
        if self._address:
            parameters["hostaddr"] = self._address

    def _judge(self, complaint: str | None) -> None:
        self._fit_until = 0.0 if complaint else self._monotonic() + FIT_SECONDS
        REPLICA_FIT.set(complaint is None)
        if complaint == self._complaint:
            return
        if complaint is None:
            log.info("replica_in_use")
        else:
            tell = log.warning if self._complaint is None else log.info
            tell("replica_not_in_use", reason=complaint)
        self._complaint = complaint
