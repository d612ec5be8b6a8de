"""How far the change feed has come, and how far it is behind."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from chassis.outbox import OUTBOX
from chassis.xids import Xid8
from contracts import FeedAdvanced, MessageUpdated, UserUpdated
from messages.cursors import Cursor
from messages.models import Feed, Message
from messages.queries.pages import HORIZON

NEXT_XID = func.pg_snapshot_xmax(func.pg_current_snapshot(), type_=Xid8)
NO_TIME = timedelta(0)
MESSAGES = Message.__table__
NEWEST = select(MESSAGES.c.changed_xid).order_by(MESSAGES.c.changed_xid.desc()).limit(1).scalar_subquery()
STATE = select(NEWEST.label("newest"), HORIZON.label("horizon"), Feed.__table__.c.epoch)

# What everybody is told of, and what tells how far that has come.
TOLD = (MessageUpdated.type, UserUpdated.type)
UNPUBLISHED = select(OUTBOX.c.xid).where(OUTBOX.c.type.in_(TOLD)).order_by(OUTBOX.c.xid).limit(1).scalar_subquery()
PUBLISHED = select(func.least(HORIZON, UNPUBLISHED, type_=Xid8).label("until"), Feed.__table__.c.epoch).where(
    ~exists().where(OUTBOX.c.type == FeedAdvanced.type)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedState:
    """What the messages are; as long as it stays the same, so do they.

    Attributes:
        newest: The transaction that changed one last; None if there are none.
        is_settled: Whether all transactions up to that had ended.
    """

    epoch: str
    newest: int | None
    is_settled: bool


def feed_state(session: Session) -> FeedState:
    """Return the state of the messages."""
    seen = session.execute(STATE).one()
    is_settled = seen.newest is None or seen.newest < seen.horizon
    return FeedState(epoch=seen.epoch, newest=seen.newest, is_settled=is_settled)


def published_until(session: Session) -> Cursor | None:
    """Return a cursor before which everything has been published; None while that was told and not heard yet.

    A change is published when its event has left the outbox. What a transaction did that has not ended, nobody has
    heard of, and nobody can tell whether it has come to an end behind the numbers of those that have: so the first
    of either is where it ends.
    """
    published = session.execute(PUBLISHED).one_or_none()
    return Cursor.since(published.until, published.epoch) if published and published.until else None


def watch_horizon() -> Callable[[Session, datetime], timedelta]:
    """Return what tells for how long the horizon has stood still, as seen by whoever asks again and again.

    The feed is complete up to its horizon, the oldest transaction under way. While that stays and later ones end,
    readers get what those did again and again.
    """
    stands_at: int | None = None
    since: datetime | None = None

    def age(session: Session, now: datetime) -> timedelta:
        nonlocal stands_at, since
        horizon, next_xid = session.execute(select(HORIZON, NEXT_XID)).one()
        if horizon == next_xid:
            stands_at, since = None, None
            return NO_TIME
        if since is None or horizon != stands_at:
            stands_at, since = horizon, now
        return now - since

    return age
