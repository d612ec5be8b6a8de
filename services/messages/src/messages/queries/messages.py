"""Messages."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from messages.cursors import Cursor, MessageTime
from messages.domain import MessageDeletedError, MessageNotFoundError
from messages.models import Message
from messages.queries.pages import Listing, Page, read_on, read_recent, read_snapshot

MESSAGES = Listing(
    kind=Message,
    by_time=lambda row: (row.updated_at, row.id),
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
    recent = _messages_of(user_id).where(Message.updated_at >= updated_since)
    seen, place = read_recent(session, MESSAGES, recent, limit)
    return Page(rows=seen.rows, more=seen.more, cursor=Cursor.since(seen.horizon, seen.epoch).moved(messages=place))


def follow_messages(session: Session, *, cursor: Cursor, user_id: int | None, limit: int) -> Page[Message]:
    """Return the messages that follow on *cursor*.

    Raises:
        CursorExpiredError: It belongs to what was there before a backup was restored.
    """
    seen, place = read_on(session, MESSAGES, _messages_of(user_id), cursor, limit)
    return Page(rows=seen.rows, more=seen.more, cursor=cursor.moved(messages=place))


def history(session: Session, *, before: int, user_id: int | None, limit: int) -> Page[Message]:
    """Return the *limit* messages that were posted last before message *before*, the oldest first.

    The cursor goes on with what changes from now on.
    """
    older = _messages_of(user_id).where(Message.id < before)
    seen = read_snapshot(session, Message, older, lambda row: (row.id.desc(),), limit)
    return Page(rows=seen.rows[::-1], more=seen.more, cursor=Cursor.since(seen.horizon, seen.epoch))


def _messages_of(user_id: int | None) -> Select[Message]:
    messages = select(Message)
    return messages if user_id is None else messages.where(Message.user_id == user_id)
