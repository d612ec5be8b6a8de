"""Those who write, and what became of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from chassis.inbox import Received
from chassis.outbox import OUTBOX
from contracts import Event, MessageRendered, decode
from messages.commands.messages import Draft, edit_message, post_message
from messages.commands.renderings import set_html
from messages.models import Message, Task

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)

Sessions = sessionmaker[Session]


def draft(author_id: int, source: str = "**hi**", *, key: str | None = None, now: datetime = NOON) -> Draft:
    """Return what somebody wants to post, with a task of its own."""
    return Draft(author_id=author_id, source=source, now=now, task_id=uuid4(), key=key)


def post(sessions: Sessions, author_id: int) -> int:
    """Post a message and return its id."""
    with sessions.begin() as session:
        return post_message(session, draft(author_id)).id


def edit(sessions: Sessions, message_id: int, editor_id: int, source: str = "edited") -> UUID:
    """Edit a message and return the task."""
    with sessions.begin() as session:
        task_id = uuid4()
        edit_message(session, message_id=message_id, editor_id=editor_id, source=source, now=LATER, task_id=task_id)
        return task_id


def rendered(message_id: int, version: int, html: str = "<p>new</p>", *, cause: str = "test") -> Received:
    """Return what the consumer hears from the renderer."""
    return Received(MessageRendered(message_id=message_id, version=version, html=html), cause)


def render(sessions: Sessions, *renderings: Received) -> None:
    """Have the consumer hear of *renderings* at once."""
    with sessions.begin() as session:
        set_html(session, renderings, now=LATER)


def message(sessions: Sessions, message_id: int) -> Message:
    """Return a message as it is now."""
    with sessions() as session:
        return session.get_one(Message, message_id)


def task_of(sessions: Sessions, message_id: int, kind: str = "post") -> Task:
    """Return the one task of this kind about a message."""
    with sessions() as session:
        return session.scalars(select(Task).where(Task.message_id == message_id, Task.kind == kind)).one()


def told(sessions: Sessions) -> Sequence[Event]:
    """Return the events in the outbox."""
    with sessions() as session:
        rows: Sequence[Any] = session.execute(select(OUTBOX.c.type, OUTBOX.c.data).order_by(OUTBOX.c.position)).all()
    return [decode(row.type, bytes(row.data)) for row in rows]
