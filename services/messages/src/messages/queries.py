"""What is read."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from messages.domain import ONLINE_FOR, MessageNotFoundError, TaskNotFoundError, UserNotFoundError
from messages.models import Message, Task, User

# What a list goes back to when nobody says how far.
RECENT = timedelta(hours=24)


def since(updated_since: int, now: datetime) -> datetime:
    """Return the instant of *updated_since*, in epoch seconds; 0 is 24 hours ago."""
    return datetime.fromtimestamp(updated_since, UTC) if updated_since else now - RECENT


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
) -> Sequence[User]:
    """Return users updated at or after *updated_since*, by time and nickname; *online* None takes both kinds."""
    users = select(User).where(User.updated_at >= updated_since)
    if online is not None:
        seen = User.last_seen_at > now - ONLINE_FOR
        users = users.where(seen if online else ~seen)
    return session.scalars(users.order_by(User.updated_at, User.nickname, User.id).limit(limit)).all()


def message_of(session: Session, message_id: int) -> Message:
    """Return a message.

    Raises:
        MessageNotFoundError: There is none of this id.
    """
    message = session.get(Message, message_id)
    if message is None:
        raise MessageNotFoundError(f"There is no message {message_id}.")
    return message


def list_messages(session: Session, *, updated_since: datetime, user_id: int | None, limit: int) -> Sequence[Message]:
    """Return messages updated at or after *updated_since*, the longest unchanged first."""
    messages = select(Message).where(Message.updated_at >= updated_since)
    if user_id is not None:
        messages = messages.where(Message.user_id == user_id)
    return session.scalars(messages.order_by(Message.updated_at, Message.id).limit(limit)).all()


def history(session: Session, *, before: int, user_id: int | None, limit: int) -> Sequence[Message]:
    """Return the *limit* messages that were posted last before message *before*, the oldest first."""
    messages = select(Message).where(Message.id < before)
    if user_id is not None:
        messages = messages.where(Message.user_id == user_id)
    newest_first = session.scalars(messages.order_by(Message.id.desc()).limit(limit)).all()
    return newest_first[::-1]


def task_of(session: Session, task_id: UUID) -> tuple[Task, Message]:
    """Return a task and the message that it is about.

    Raises:
        TaskNotFoundError: There is none of this id.
    """
    found = session.execute(
        select(Task, Message).join(Message, Task.message_id == Message.id).where(Task.id == task_id)
    ).one_or_none()
    if found is None:
        raise TaskNotFoundError(f"There is no task {task_id}.")
    return found[0], found[1]


def is_done(task: Task, message: Message) -> bool:
    """Whether what *task* began is rendered, or has been replaced by a later edit."""
    return message.status == "rendered" or message.source_version > task.source_version
