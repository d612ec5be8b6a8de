"""What is done from time to time, once for the whole system."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from chassis.clock import Clock, utc_now
from chassis.periodic import Job
from messages.commands.feed import mark_feed, renew_epoch
from messages.commands.registrations import forget_registrations
from messages.commands.tasks import prune_tasks
from messages.metrics import FEED_HORIZON_AGE
from messages.queries.feed import published_until, watch_horizon

EPOCH_SECONDS = 2.0
HORIZON_SECONDS = 5.0
MARK_SECONDS = 5.0
PRUNE_SECONDS = 1.0
REGISTRATIONS_SECONDS = 60.0


def upkeep_jobs(sessions: sessionmaker[Session], clock: Clock = utc_now) -> Sequence[Job]:
    """Return what keeps the change feed and the tasks in order."""
    horizon_age = watch_horizon()

    def in_transaction(work: Callable[[Session, datetime], Any]) -> Callable[[], Any]:
        def do() -> Any:
            with sessions.begin() as session:
                return work(session, clock())

        return do

    def tell_horizon(session: Session, now: datetime) -> None:
        FEED_HORIZON_AGE.set(horizon_age(session, now).total_seconds())

    def tell_mark(session: Session, now: datetime) -> None:
        published = published_until(session)
        if published is not None:
            mark_feed(session, published, now=now)

    return [
        Job(name="epoch", every_seconds=EPOCH_SECONDS, do=in_transaction(lambda session, _now: renew_epoch(session))),
        Job(name="horizon", every_seconds=HORIZON_SECONDS, do=in_transaction(tell_horizon)),
        Job(name="mark", every_seconds=MARK_SECONDS, do=in_transaction(tell_mark)),
        Job(name="registrations", every_seconds=REGISTRATIONS_SECONDS, do=in_transaction(forget_registrations)),
        Job(name="tasks", every_seconds=PRUNE_SECONDS, do=in_transaction(prune_tasks)),
    ]
