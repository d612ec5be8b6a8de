"""How much a user may write; known to all replicas, for it is kept in the database."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from messages.domain import TooManyWritesError
from messages.models import WriteLimit


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """A leaky bucket (the generic cell rate algorithm, ITU-T I.371): so many a minute, and so many at once."""

    per_minute: int
    burst: int

    @property
    def cost(self) -> timedelta:
        """The time after which one more is free."""
        return timedelta(minutes=1) / self.per_minute


def use_up(session: Session, *, user_id: int, limit: Limit, now: datetime) -> None:
    """Count one thing that *user_id* writes.

    Raises:
        TooManyWritesError: It is one too many; it does not count.
    """
    full = now + limit.cost * (limit.burst - 1)
    first = insert(WriteLimit).values(user_id=user_id, free_at=now + limit.cost)
    further = first.on_conflict_do_update(
        index_elements=[WriteLimit.user_id],
        set_={"free_at": func.greatest(WriteLimit.free_at, now) + limit.cost},
        where=WriteLimit.free_at <= full,
    )
    if session.execute(further.returning(WriteLimit.free_at)).first() is None:
        free_at = session.scalars(select(WriteLimit.free_at).where(WriteLimit.user_id == user_id)).one()
        raise TooManyWritesError(retry_after=free_at - full)
