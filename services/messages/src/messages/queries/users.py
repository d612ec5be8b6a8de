"""Users."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from messages.cursors import Cursor, UserTime
from messages.domain import UserNotFoundError
from messages.models import User
from messages.queries.pages import Listing, Page, Wanted, by_change, read_on, read_recent

TABLE = User.__table__
USERS: Listing[User] = Listing(
    table=TABLE,
    orders={"time": lambda row: (row.updated_at, row.nickname, row.id), "change": by_change},
    conditions={
        "updated_since": TABLE.c.updated_at >= bindparam("updated_since"),
        "online": TABLE.c.online,
        "offline": ~TABLE.c.online,
    },
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


def list_users(session: Session, *, updated_since: datetime, online: bool | None, limit: int) -> Page[User]:
    """Return users updated at or after *updated_since*, by time and nickname; *online* None takes both kinds."""
    wanted = _wanted(limit, online)
    recent = replace(
        wanted,
        conditions=("updated_since", *wanted.conditions),
        values={"updated_since": updated_since, **wanted.values},
    )
    seen, place = read_recent(session, recent)
    return Page(rows=seen.rows, more=seen.more, cursor=Cursor.since(seen.horizon, seen.epoch).moved(users=place))


def follow_users(session: Session, *, cursor: Cursor, online: bool | None, limit: int) -> Page[User]:
    """Return the users that follow on *cursor*; *online* None takes both kinds.

    Raises:
        CursorExpiredError: It belongs to what was there before a backup was restored.
    """
    seen, place = read_on(session, _wanted(limit, online), cursor)
    return Page(rows=seen.rows, more=seen.more, cursor=cursor.moved(users=place))


def _wanted(limit: int, online: bool | None) -> Wanted[User]:  # noqa: FBT001
    condition = {None: (), True: ("online",), False: ("offline",)}[online]
    return Wanted(listing=USERS, conditions=condition, values={}, limit=limit)
