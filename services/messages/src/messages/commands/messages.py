"""What changes of messages."""

from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis.outbox import add_to_outbox
from contracts import MessageEdited, MessagePosted, MessageUpdated
from messages.domain import MessageNotFoundError, NotAuthorError, UnknownUserError, unrendered_html
from messages.models import Message, Task, User
from messages.resources import message_as_json

SOURCE = "/messages"


def post_message(
    session: Session, *, author_id: int, source: str, now: datetime, task_id: UUID | None = None
) -> tuple[Message, Task]:
    """Store a message and have it rendered.

    Args:
        task_id: What the author was told to follow it by, if they were.

    Raises:
        UnknownUserError: There is no such author.
    """
    if session.get(User, author_id) is None:
        raise UnknownUserError("The user of this token is not registered.")
    message = Message(
        user_id=author_id,
        created_at=now,
        updated_at=now,
        version=1,
        source_version=1,
        source=source,
        html=unrendered_html(source),
        status="posted",
    )
    session.add(message)
    session.flush()
    task = _begin_task(session, "post", message, now=now, task_id=task_id)
    posted = MessagePosted(message_id=message.id, version=message.version, author_id=author_id, source=source)
    add_to_outbox(session, posted, source=SOURCE, now=now)
    return message, task


def edit_message(
    session: Session, *, message_id: int, editor_id: int, source: str, now: datetime
) -> tuple[Message, Task]:
    """Replace the source of a message and have it rendered again.

    Raises:
        MessageNotFoundError: There is no such message.
        NotAuthorError: It is somebody else's.
    """
    message = session.get(Message, message_id, with_for_update=True)
    if message is None:
        raise MessageNotFoundError(f"There is no message {message_id}.")
    if message.user_id != editor_id:
        raise NotAuthorError("Only its author may edit a message.")
    message.version += 1
    message.source_version = message.version
    message.source = source
    message.html = unrendered_html(source)
    message.status = "posted"
    message.updated_at = now
    task = _begin_task(session, "edit", message, now=now)
    edited = MessageEdited(message_id=message.id, version=message.version, author_id=editor_id, source=source)
    add_to_outbox(session, edited, source=SOURCE, now=now)
    _tell(session, message, now)
    return message, task


def set_html(session: Session, *, message_id: int, source_version: int, html: str, now: datetime) -> None:
    """Show *html* for a message, unless its source has changed since or it is shown already."""
    message = session.scalar(
        update(Message)
        .where(Message.id == message_id, Message.source_version == source_version, Message.status == "posted")
        .values(html=html, status="rendered", version=Message.version + 1, updated_at=now)
        .returning(Message)
    )
    if message is not None:
        _tell(session, message, now)


def _begin_task(
    session: Session, kind: Literal["post", "edit"], message: Message, *, now: datetime, task_id: UUID | None = None
) -> Task:
    task = Task(
        id=task_id or uuid4(),
        kind=kind,
        owner_id=message.user_id,
        message_id=message.id,
        source_version=message.source_version,
        created_at=now,
    )
    session.add(task)
    return task


def _tell(session: Session, message: Message, now: datetime) -> None:
    event = MessageUpdated(message_id=message.id, version=message.version, model=message_as_json(message))
    add_to_outbox(session, event, source=SOURCE, now=now)
