"""What the consumer does about events."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.inbox import Handlers, one_by_one
from chassis.topology import WorkQueue
from contracts import ClientConnected, MessageRendered, PostMessageRequested
from messages.commands.messages import post_message, set_html
from messages.commands.users import see_user


def on_post_message_requested(session: Session, event: PostMessageRequested, *, now: datetime) -> None:
    """Post what a user sent over a socket."""
    post_message(session, author_id=event.author_id, source=event.source, task_id=UUID(event.task_id), now=now)


def on_message_rendered(session: Session, event: MessageRendered, *, now: datetime) -> None:
    """Show the HTML."""
    set_html(session, message_id=event.message_id, source_version=event.version, html=event.html, now=now)


def on_client_connected(session: Session, event: ClientConnected, *, now: datetime) -> None:
    """Show the user as online."""
    see_user(session, user_id=event.user_id, now=now)


HANDLERS: Final[Handlers] = {
    ClientConnected: one_by_one(on_client_connected),
    MessageRendered: one_by_one(on_message_rendered),
    PostMessageRequested: one_by_one(on_post_message_requested),
}
QUEUE: Final = WorkQueue(name="messages.events", types=tuple(event.type for event in HANDLERS))
