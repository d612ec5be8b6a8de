"""What changes of messages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, func, insert, select
from sqlalchemy.orm import Session

from chassis.outbox import OUTBOX, add_to_outbox, outbox_row
from contracts import MessageDeleted, MessageEdited, MessagePosted, MessageUpdated
from messages.commands.rows import insert_row_for, values_of
from messages.commands.tasks import task_row
from messages.domain import MessageNotFoundError, NotAuthorError, UnknownUserError, unrendered_html
from messages.models import Message, Task, User
from messages.resources import message_as_json

SOURCE = "/messages"

# Built once: to put statements together takes longer than Postgres takes to run them.
MESSAGES, TASKS, USERS = (cast("Table", kind.__table__) for kind in (Message, Task, User))
# No row, if there is no such author.
NEW = select(func.nextval("messages_id_seq").label("id")).where(USERS.c.id == bindparam("author_id")).cte("new")
# The event names its message, whose id is known to the statement alone.
EVENT_DATA = func.convert_to(func.concat(bindparam("before_id"), NEW.c.id, bindparam("after_id")), "UTF8")
WRITE_POST = (
    insert_row_for(NEW, OUTBOX, data=EVENT_DATA)
    .add_cte(
        insert_row_for(NEW, MESSAGES, id=NEW.c.id).cte("message"),
        insert_row_for(NEW, TASKS, message_id=NEW.c.id).cte("task"),
    )
    .returning(select(NEW.c.id).scalar_subquery())
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What somebody wants to post.

    Attributes:
        task_id: How they will follow it.
        key: Two drafts of an author with the same idempotency key are one post; see `commands.posts`.
    """

    author_id: int
    source: str
    now: datetime
    task_id: UUID
    key: str | None = None

    def posted_as(self, message_id: int, *, at: datetime) -> Message:
        """Return the message as it is right after the post; it is in no session."""
        return Message(
            id=message_id,
            user_id=self.author_id,
            created_at=at,
            updated_at=at,
            version=1,
            source_version=1,
            source=self.source,
            html=unrendered_html(self.source),
            status="posted",
            deleted=False,
            previews=[],
        )


def post_message(session: Session, draft: Draft) -> Message:
    """Store a message and have it rendered.

    Message, task and event are written by one statement: it is whole in a session that commits each by itself, too.

    Raises:
        UnknownUserError: There is no such author.
    """
    message = draft.posted_as(0, at=draft.now)
    task = task_row("post", message, task_id=draft.task_id, now=draft.now, key=draft.key)
    posted = MessagePosted(message_id=0, version=message.version, author_id=draft.author_id, source=draft.source)
    event = outbox_row(posted, source=SOURCE, now=draft.now)
    before_id, _, after_id = event["data"].decode().partition("0")  # the id comes first
    rows = values_of(MESSAGES, vars(message)) | values_of(TASKS, task) | values_of(OUTBOX, event)
    around = {"author_id": draft.author_id, "before_id": before_id, "after_id": after_id}
    message_id = session.scalar(WRITE_POST, rows | around)
    if message_id is None:
        raise UnknownUserError("The user of this token is not registered.")
    message.id = message_id
    return message


def edit_message(
    session: Session, *, message_id: int, editor_id: int, source: str, now: datetime, task_id: UUID
) -> Message:
    """Replace the source of a message and have it rendered again.

    Raises:
        MessageNotFoundError: There is no such message.
        NotAuthorError: It is somebody else's.
    """
    message = _own_message(session, message_id, editor_id)
    _replace(message, source=source, html=unrendered_html(source), now=now)
    message.status = "posted"
    session.execute(insert(Task).values(task_row("edit", message, task_id=task_id, now=now)))
    edited = MessageEdited(message_id=message.id, version=message.version, author_id=editor_id, source=source)
    add_to_outbox(session, edited, source=SOURCE, now=now)
    add_to_outbox(session, updated(message), source=SOURCE, now=now)
    return message


def delete_message(session: Session, *, message_id: int, deleter_id: int, now: datetime) -> None:
    """Leave nothing of a message but that there was one.

    Raises:
        MessageNotFoundError: There is no such message, or no longer.
        NotAuthorError: It is somebody else's.
    """
    message = _own_message(session, message_id, deleter_id)
    _replace(message, source="", html="", now=now)
    message.status = "rendered"
    message.deleted = True
    message.previews = []
    add_to_outbox(session, MessageDeleted(message_id=message.id, version=message.version), source=SOURCE, now=now)
    add_to_outbox(session, updated(message), source=SOURCE, now=now)


def _own_message(session: Session, message_id: int, author_id: int) -> Message:
    message = session.get(Message, message_id, with_for_update=True)
    if message is None or message.deleted:
        raise MessageNotFoundError(f"There is no message {message_id}.")
    if message.user_id != author_id:
        raise NotAuthorError("Only its author may change a message.")
    return message


def _replace(message: Message, *, source: str, html: str, now: datetime) -> None:
    message.version += 1
    message.source_version = message.version
    message.source = source
    message.html = html
    message.updated_at = now


def updated(message: Any, model: Any = None) -> MessageUpdated:
    """Return what everybody is told of *message* as it is now; *model* is what REST shows of it, if that is known."""
    model = model or message_as_json(message)
    return MessageUpdated(message_id=message.id, version=message.version, model=model)
