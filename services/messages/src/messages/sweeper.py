"""Looks after presence: takes those offline who are not there any more."""

import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session, sessionmaker

from chassis.clock import Clock, utc_now
from messages.commands.presence import AT_A_TIME, forget_connections, take_offline
from messages.domain import SILENCE

# Many more than this leave at once when a replica dies; the next sweep goes on.
TRANSACTIONS_A_SWEEP = 10
# Whoever has not looked for so long was away, frozen perhaps.
INATTENTION_SECONDS = 10.0


class Attention:
    """For how long this process has been able to hear what replicas say, without a break.

    Args:
        is_listening: Whether it hears them right now.
        clock: Seconds that never go back.
    """

    def __init__(self, is_listening: Callable[[], bool], clock: Callable[[], float] = time.monotonic) -> None:
        self._is_listening = is_listening
        self._clock = clock
        self._since = self._looked_at = clock()

    def lasts(self) -> timedelta:
        """Look, and return for how long by now; to be asked every few seconds."""
        now = self._clock()
        if not self._is_listening() or now - self._looked_at > INATTENTION_SECONDS:
            self._since = now
        self._looked_at = now
        return timedelta(seconds=now - self._since)


class Sweeper:
    """Takes users offline; replicas are given up only by who has long been listening to them.

    Otherwise a broker that was away would make everybody go.
    """

    def __init__(self, sessions: sessionmaker[Session], attention: Attention, *, clock: Clock = utc_now) -> None:
        self._sessions = sessions
        self._attention = attention
        self._clock = clock

    def sweep(self) -> None:
        """Take offline whoever is gone, and forget what was long ago."""
        has_listened = self._attention.lasts() >= SILENCE
        for _ in range(TRANSACTIONS_A_SWEEP):
            with self._sessions.begin() as session:
                count = take_offline(session, silence=SILENCE if has_listened else None, now=self._clock())
            if count < AT_A_TIME:
                break
        if has_listened:
            with self._sessions.begin() as session:
                forget_connections(session, now=self._clock())
