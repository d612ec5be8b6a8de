"""What the consumer does about events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.inbox import Handlers, Received, one_by_one
from chassis.topology import WorkQueue
from contracts import (
    ClientConnected,
    ClientDisconnected,
    MessageDeleted,
    MessagePreviewed,
    MessageRendered,
    PostMessageRequested,
    PushHeartbeat,
)
from messages.commands.limits import Limit
from messages.commands.messages import Draft
from messages.commands.posts import post_from_socket
from messages.commands.presence import close_connections, hear_replica, open_connections
from messages.commands.renderings import set_html, set_previews
from messages.commands.tasks import forget_answers


def on_message_rendered(session: Session, received: Sequence[Received], *, now: datetime) -> None:
    """Show the HTML of all that wait."""
    set_html(session, received, now=now)


def on_message_previewed(session: Session, event: MessagePreviewed, *, now: datetime) -> None:
    """Show what its links lead to."""
    set_previews(session, event, now=now)


def on_message_deleted(session: Session, event: MessageDeleted, *, now: datetime) -> None:
    """Drop what was kept of the text to answer with."""
    del now
    forget_answers(session, event.message_id)


def on_client_connected(session: Session, received: Sequence[Received], *, now: datetime) -> None:
    """Show the users as online."""
    open_connections(session, [each.event for each in received], now=now)


def on_client_disconnected(session: Session, received: Sequence[Received], *, now: datetime) -> None:
    """Count on these connections no more."""
    close_connections(session, [each.event for each in received], now=now)


def on_push_heartbeat(session: Session, event: PushHeartbeat, *, now: datetime) -> None:
    """Count on the connections of this replica."""
    hear_replica(session, event.replica, client_count=event.client_count, now=now)


EVENTS: Final = (MessageDeleted, MessagePreviewed, MessageRendered, PostMessageRequested)
QUEUE: Final = WorkQueue(
    name="messages.events", types=tuple(event.type for event in EVENTS), retired=(ClientConnected.type,)
)


def create_handlers(limit: Limit | None) -> Handlers:
    """Return who handles each of `EVENTS`.

    Args:
        limit: How much a user may write; None is no limit.
    """

    def on_post_message_requested(session: Session, event: PostMessageRequested, *, now: datetime) -> None:
        """Post what a user sent over a socket."""
        draft = Draft(
            author_id=event.author_id,
            source=event.source,
            now=now,
            task_id=UUID(event.task_id),
            key=event.idempotency_key,
        )
        post_from_socket(session, draft, limit)

    return {
        MessageDeleted: one_by_one(on_message_deleted),
        MessagePreviewed: one_by_one(on_message_previewed),
        MessageRendered: on_message_rendered,
        PostMessageRequested: one_by_one(on_post_message_requested),
    }


# By themselves: while many messages wait, replicas that live must not seem dead.
PRESENCE_HANDLERS: Final[Handlers] = {
    ClientConnected: on_client_connected,
    ClientDisconnected: on_client_disconnected,
    PushHeartbeat: one_by_one(on_push_heartbeat),
}
PRESENCE_QUEUE: Final = WorkQueue(name="messages.presence", types=tuple(event.type for event in PRESENCE_HANDLERS))
