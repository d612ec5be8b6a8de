"""How far the change feed is behind."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from messages.models import Xid8
from messages.queries.pages import HORIZON

NEXT_XID = func.pg_snapshot_xmax(func.pg_current_snapshot(), type_=Xid8)
NO_TIME = timedelta(0)


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
