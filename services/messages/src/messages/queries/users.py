"""Users."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from messages.cursors import Cursor, UserTime
from messages.domain import ONLINE_FOR, UserNotFoundError
from messages.models import User
from messages.queries.pages import Listing, Page, read_on, read_recent

USERS = Listing(
    kind=User,
    by_time=lambda row: (row.updated_at, row.nickname, row.id),
    time=UserTime,
    place_of=lambda cursor: cursor.users,
)


def user_of(session: Session, user_id: int) -> User:
    """Return a user.

    Raises:
        UserNotFoundError: There is none of this id.
    """
    user = session.get(User, user_id)
    if user is None:
        raise UserNotFoundError(f"There is no user {user_id}.")
    return user


def list_users(
    session: Session, *, updated_since: datetime, online: bool | None, limit: int, now: datetime
) -> Page[User]:
    """Return users updated at or after *updated_since*, by time and nickname; *online* None takes both kinds."""
    recent = _users(online=online, now=now).where(User.updated_at >= updated_since)
    seen, place = read_recent(session, USERS, recent, limit)
    return Page(rows=seen.rows, more=seen.more, cursor=Cursor.since(seen.horizon, seen.epoch).moved(users=place))


def follow_users(session: Session, *, cursor: Cursor, online: bool | None, limit: int, now: datetime) -> Page[User]:
    """Return the users that follow on *cursor*; *online* None takes both kinds.

    Raises:
        CursorExpiredError: It belongs to what was there before a backup was restored.
    """
    seen, place = read_on(session, USERS, _users(online=online, now=now), cursor, limit)
    return Page(rows=seen.rows, more=seen.more, cursor=cursor.moved(users=place))


def _users(*, online: bool | None, now: datetime) -> Select[User]:
    if online is None:
        return select(User)
    seen = User.last_seen_at > now - ONLINE_FOR
    return select(User).where(seen if online else ~seen)
