"""What changes of messages."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, Table, Text, bindparam, case, func, insert, literal_column, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from chassis.inbox import Received
from chassis.logs import caused_by
from chassis.outbox import OUTBOX, add_to_outbox, outbox_row
from contracts import MessageDeleted, MessageEdited, MessagePosted, MessagePreviewed, MessageUpdated
from messages.commands.rows import insert_row_for, values_of
from messages.commands.tasks import finish_tasks, task_row
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
RENDERINGS = (
    func.unnest(
        bindparam("ids", type_=ARRAY(BigInteger)),
        bindparam("source_versions", type_=ARRAY(BigInteger)),
        bindparam("htmls", type_=ARRAY(Text)),
        bindparam("statuses", type_=ARRAY(Text)),
        bindparam("links", type_=ARRAY(Text)),
    )
    .table_valued("id", "source_version", "html", "status", "links")
    .render_derived(name="rendering")
)
# Those of an earlier source, if the new one links to the same page. Hardly a message has any.
KEPT_PREVIEWS = case(
    (MESSAGES.c.previews == literal_column("'[]'::jsonb"), MESSAGES.c.previews),
    else_=literal_column(
        """(
        SELECT coalesce(jsonb_agg(preview ORDER BY place), '[]')
        FROM jsonb_array_elements(messages.previews) WITH ORDINALITY AS kept (preview, place)
        WHERE jsonb_exists(rendering.links::jsonb, preview->>'url')
        )"""
    ),
)
SHOW = (
    update(MESSAGES)
    .where(
        MESSAGES.c.id == RENDERINGS.c.id,
        MESSAGES.c.source_version == RENDERINGS.c.source_version,
        MESSAGES.c.status == "posted",
    )
    .values(
        html=RENDERINGS.c.html,
        status=RENDERINGS.c.status,
        previews=KEPT_PREVIEWS,
        version=MESSAGES.c.version + 1,
        updated_at=bindparam("now"),
    )
    .returning(*MESSAGES.c)
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
    add_to_outbox(session, _updated(message), source=SOURCE, now=now)
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
    add_to_outbox(session, _updated(message), source=SOURCE, now=now)


def set_html(session: Session, renderings: Sequence[Received], *, now: datetime) -> None:
    """Show the html of *renderings*, but for messages whose source has changed since or that show it already.

    Args:
        renderings: `MessageRendered` events.
    """
    events = [each.event for each in renderings]
    arrays = {
        "ids": [event.message_id for event in events],
        "source_versions": [event.version for event in events],
        "htmls": [event.html for event in events],
        "statuses": ["unrenderable" if event.failed else "rendered" for event in events],
        "links": [orjson.dumps(event.links).decode() for event in events],
    }
    rows = session.execute(SHOW, {**arrays, "now": now}).all()
    causes = {each.event.message_id: each.correlation_id for each in renderings}
    if models := [(row, message_as_json(row)) for row in rows]:
        finish_tasks(session, [(row, orjson.dumps(model).decode()) for row, model in models])
        session.execute(insert(OUTBOX), [_outbox_row(row, model, causes, now) for row, model in models])


def set_previews(session: Session, previewed: MessagePreviewed, *, now: datetime) -> None:
    """Show what the links of a message lead to, unless its source has changed since or it shows just that.

    Of a page that was seen before and cannot be had now, what was seen stays.
    """
    # As it is now: statements of this transaction may have changed it.
    message = session.get(Message, previewed.message_id, with_for_update=True, populate_existing=True)
    if message is None or message.source_version != previewed.version:
        return
    found = {preview.url: asdict(preview) for preview in previewed.previews}
    previews = list(({each["url"]: each for each in message.previews} | found).values())
    if previews == message.previews:
        return
    message.previews = previews
    message.version += 1
    message.updated_at = now
    add_to_outbox(session, _updated(message), source=SOURCE, now=now)


def _outbox_row(message: Any, model: Any, causes: dict[int, str], now: datetime) -> dict[str, Any]:
    with caused_by(causes[message.id]):
        return outbox_row(_updated(message, model), source=SOURCE, now=now)


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


def _updated(message: Any, model: Any = None) -> MessageUpdated:
    model = model or message_as_json(message)
    return MessageUpdated(message_id=message.id, version=message.version, model=model)
