"""What is done from time to time, by one replica of all."""

from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from auth.commands.attempts import forget_attempts
from auth.commands.sessions import forget_refresh_tokens, forget_sessions
from chassis.clock import utc_now
from chassis.periodic import Job, Periodic

LOCK = 0x61757468
EVERY_SECONDS = 10.0


def upkeep(engine: Engine, sessions: sessionmaker[Session]) -> Periodic:
    """Return what drops rows that are good for nothing any more."""

    def in_transaction(forget: Callable[..., None]) -> Callable[[], None]:
        def do() -> None:
            with sessions.begin() as session:
                forget(session, now=utc_now())

        return do

    jobs = [
        Job(name=forget.__name__, every_seconds=EVERY_SECONDS, do=in_transaction(forget))
        for forget in (forget_attempts, forget_sessions, forget_refresh_tokens)
    ]
    return Periodic(engine, jobs, lock=LOCK)
