"""What the consumer does about events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.inbox import Handlers, Received, one_by_one
from chassis.topology import WorkQueue
from contracts import ClientConnected, MessageDeleted, MessageRendered, PostMessageRequested
from messages.commands.messages import Draft, set_html
from messages.commands.posts import post_from_socket
from messages.commands.tasks import forget_answers
from messages.commands.users import see_user


def on_post_message_requested(session: Session, event: PostMessageRequested, *, now: datetime) -> None:
    """Post what a user sent over a socket."""
    draft = Draft(
        author_id=event.author_id,
        source=event.source,
        now=now,
        task_id=UUID(event.task_id),
        key=event.idempotency_key,
    )
    post_from_socket(session, draft)


def on_message_rendered(session: Session, received: Sequence[Received], *, now: datetime) -> None:
    """Show the HTML of all that wait."""
    set_html(session, received, now=now)


def on_message_deleted(session: Session, event: MessageDeleted, *, now: datetime) -> None:
    """Drop what was kept of the text to answer with."""
    del now
    forget_answers(session, event.message_id)


def on_client_connected(session: Session, event: ClientConnected, *, now: datetime) -> None:
    """Show the user as online."""
    see_user(session, user_id=event.user_id, now=now)


HANDLERS: Final[Handlers] = {
    ClientConnected: one_by_one(on_client_connected),
    MessageDeleted: one_by_one(on_message_deleted),
    MessageRendered: on_message_rendered,
    PostMessageRequested: one_by_one(on_post_message_requested),
}
QUEUE: Final = WorkQueue(name="messages.events", types=tuple(event.type for event in HANDLERS))
