"""Events that a consumer has handled, so that a second delivery changes nothing."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import TIMESTAMP, Column, Table, Text, delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from chassis.clock import Clock, utc_now
from chassis.consumer import Handle
from chassis.envelope import Envelope
from chassis.outbox import metadata
from contracts import Event, UnknownEventError, decode

# A second delivery comes within minutes, or days after a long outage; a row is about 100 bytes.
KEPT = timedelta(days=7)
PRUNE_EVERY = 1000
PRUNED_AT_A_TIME = 5000

INBOX = Table(
    "inbox",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("handled_at", TIMESTAMP(timezone=True), nullable=False, index=True),
)

Handlers: TypeAlias = Mapping[type[Event], Callable[..., None]]


def first_delivery(session: Session, consumer: str, event_id: str, now: datetime) -> bool:
    """Note that *consumer* handles *event_id* in this transaction; false if it has done so before."""
    row = insert(INBOX).values(consumer=consumer, event_id=event_id, handled_at=now)
    taken = session.execute(row.on_conflict_do_nothing().returning(INBOX.c.event_id))
    return taken.first() is not None


def prune_inbox(session: Session, now: datetime) -> None:
    """Forget some of what was handled longer ago than `KEPT`, the oldest first."""
    old = select(INBOX.c.consumer, INBOX.c.event_id).where(INBOX.c.handled_at < now - KEPT)
    oldest = old.order_by(INBOX.c.handled_at).limit(PRUNED_AT_A_TIME)
    session.execute(delete(INBOX).where(tuple_(INBOX.c.consumer, INBOX.c.event_id).in_(oldest)))


def handle_once(
    sessions: sessionmaker[Session], consumer: str, handlers: Handlers, *, clock: Clock = utc_now
) -> Handle:
    """Return what handles an event with the handler of its class: once, in one transaction with its inbox row.

    Handlers are called as `on_event(session, event, now=...)`.
    """
    handled = 0

    def handle(envelope: Envelope) -> None:
        nonlocal handled
        event: Any = decode(envelope.type, envelope.data)
        handler = handlers.get(type(event))
        if handler is None:
            raise UnknownEventError(f"{consumer} has no handler for {envelope.type}")
        now = clock()
        with sessions.begin() as session:
            if first_delivery(session, consumer, envelope.id, now):
                handler(session, event, now=now)
        handled += 1
        if handled % PRUNE_EVERY == 0:
            with sessions.begin() as session:
                prune_inbox(session, now)

    return handle
