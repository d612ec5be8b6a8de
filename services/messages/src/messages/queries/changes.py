"""What has changed, of messages and users alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from messages.cursors import Cursor
from messages.models import Message, User
from messages.queries.messages import follow_messages, list_messages
from messages.queries.pages import RECENT
from messages.queries.users import follow_users, list_users


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """A page of either list, whether there is more of either right now, and where both go on in any case."""

    messages: Sequence[Message]
    users: Sequence[User]
    more: bool
    cursor: Cursor


def changes_after(session: Session, cursor: Cursor | None, *, limit: int, now: datetime) -> Changes:
    """Return what follows on *cursor*, at most *limit* messages and as many users; None is where lists begin.

    Raises:
        CursorExpiredError: It belongs to what was there before a backup was restored.
    """
    if cursor is None:
        messages = list_messages(session, updated_since=now - RECENT, user_id=None, limit=limit)
        users = list_users(session, updated_since=now - RECENT, online=None, limit=limit)
    else:
        messages = follow_messages(session, cursor=cursor, user_id=None, limit=limit)
        users = follow_users(session, cursor=cursor, online=None, limit=limit)
    reached = messages.cursor.moved(users=users.cursor.users)
    return Changes(messages=messages.rows, users=users.rows, more=messages.more or users.more, cursor=reached)
