"""Messages."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from messages.cursors import Cursor, MessageTime
from messages.domain import MessageDeletedError, MessageNotFoundError
from messages.models import Message
from messages.queries.pages import Listing, Page, Wanted, by_change, read_on, read_recent, read_snapshot

TABLE = Message.__table__
MESSAGES: Listing[Message] = Listing(
    table=TABLE,
    orders={
        "time": lambda row: (row.updated_at, row.id),
        "change": by_change,
        "newest": lambda row: (row.id.desc(),),
    },
    conditions={
        "updated_since": TABLE.c.updated_at >= bindparam("updated_since"),
        "user_id": TABLE.c.user_id == bindparam("user_id"),
        "before": TABLE.c.id < bindparam("before"),
    },
    time=MessageTime,
    place_of=lambda cursor: cursor.messages,
)


def message_of(session: Session, message_id: int) -> Message:
    """Return a message.

    Raises:
        MessageNotFoundError: There is none of this id.
        MessageDeletedError: There was one.
    """
    message = session.get(Message, message_id)
    if message is None:
        raise MessageNotFoundError(f"There is no message {message_id}.")
    if message.deleted:
        raise MessageDeletedError(f"Message {message_id} was deleted by its author.")
    return message


def list_messages(session: Session, *, updated_since: datetime, user_id: int | None, limit: int) -> Page[Message]:
    """Return messages updated at or after *updated_since*, the longest unchanged first."""
    seen, place = read_recent(session, _wanted(limit, updated_since=updated_since, user_id=user_id))
    return Page(rows=seen.rows, more=seen.more, cursor=Cursor.since(seen.horizon, seen.epoch).moved(messages=place))


def follow_messages(session: Session, *, cursor: Cursor, user_id: int | None, limit: int) -> Page[Message]:
    """Return the messages that follow on *cursor*.

    Raises:
        CursorExpiredError: It belongs to what was there before a backup was restored.
    """
    seen, place = read_on(session, _wanted(limit, user_id=user_id), cursor)
    return Page(rows=seen.rows, more=seen.more, cursor=cursor.moved(messages=place))


def history(session: Session, *, before: int, user_id: int | None, limit: int) -> Page[Message]:
    """Return the *limit* messages that were posted last before message *before*, the oldest first.

    The cursor goes on with what changes from now on.
    """
    seen = read_snapshot(session, _wanted(limit, before=before, user_id=user_id), "newest")
    return Page(rows=seen.rows[::-1], more=seen.more, cursor=Cursor.since(seen.horizon, seen.epoch))


def _wanted(limit: int, **values: Any) -> Wanted[Message]:
    asked = {name: value for name, value in values.items() if value is not None}
    return Wanted(listing=MESSAGES, conditions=tuple(asked), values=asked, limit=limit)
