"""Events that a consumer has handled, so that a second delivery changes nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from itertools import groupby
from typing import Any, TypeAlias

from sqlalchemy import TIMESTAMP, Column, Table, Text, bindparam, delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session, sessionmaker

from chassis.clock import Clock, utc_now
from chassis.consumer import Handle, HandleAll, singly
from chassis.envelope import Envelope
from chassis.logs import caused_by
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


TAKE = (
    insert(INBOX)
    .from_select(
        ["consumer", "event_id", "handled_at"],
        select(
            bindparam("consumer", type_=Text),
            func.unnest(bindparam("event_ids", type_=ARRAY(Text))),
            bindparam("now", type_=TIMESTAMP(timezone=True)),
        ),
    )
    .on_conflict_do_nothing()
    .returning(INBOX.c.event_id)
)


@dataclass(frozen=True, slots=True)
class Received:
    """An event, and the id of what set it in motion."""

    event: Any
    correlation_id: str


Handler: TypeAlias = Callable[..., object]
Handlers: TypeAlias = Mapping[type[Event], Handler]


def first_deliveries(session: Session, consumer: str, event_ids: Sequence[str], now: datetime) -> set[str]:
    """Note that *consumer* handles *event_ids* in this transaction; return those that it has not handled before."""
    # In one order for all, so that two who are given the same events do not wait for each other.
    values = {"consumer": consumer, "event_ids": sorted(set(event_ids)), "now": now}
    return set(session.execute(TAKE, values).scalars())


def prune_inbox(session: Session, now: datetime) -> None:
    """Forget some of what was handled longer ago than `KEPT`, the oldest first."""
    old = select(INBOX.c.consumer, INBOX.c.event_id).where(INBOX.c.handled_at < now - KEPT)
    oldest = old.order_by(INBOX.c.handled_at).limit(PRUNED_AT_A_TIME)
    session.execute(delete(INBOX).where(tuple_(INBOX.c.consumer, INBOX.c.event_id).in_(oldest)))


def one_by_one(on_event: Callable[..., object]) -> Handler:
    """Return the handler that calls `on_event(session, event, now=...)` for each event."""

    @wraps(on_event)
    def on_events(session: Session, received: Sequence[Received], *, now: datetime) -> None:
        for each in received:
            with caused_by(each.correlation_id):
                on_event(session, each.event, now=now)

    return on_events


def handle_all_once(
    sessions: sessionmaker[Session], consumer: str, handlers: Handlers, *, clock: Clock = utc_now
) -> HandleAll:
    """Return what handles events with the handlers of their classes, once, in one transaction with their inbox rows.

    Neighbours of one class are handled together, as `on_events(session, received, now=...)`.
    """
    prune_in = PRUNE_EVERY

    def handle_all(envelopes: Sequence[Envelope]) -> None:
        nonlocal prune_in
        received = {envelope.id: _received(envelope, consumer, handlers) for envelope in envelopes}
        now = clock()
        with sessions.begin() as session:
            first = first_deliveries(session, consumer, tuple(received), now)
            fresh = [each for event_id, each in received.items() if event_id in first]
            for kind, neighbours in groupby(fresh, key=lambda each: type(each.event)):
                handlers[kind](session, list(neighbours), now=now)
        prune_in -= len(envelopes)
        if prune_in <= 0:
            prune_in = PRUNE_EVERY
            with sessions.begin() as session:
                prune_inbox(session, now)

    return handle_all


def handle_once(
    sessions: sessionmaker[Session], consumer: str, handlers: Handlers, *, clock: Clock = utc_now
) -> Handle:
    """Return what handles one event as `handle_all_once` does several."""
    return singly(handle_all_once(sessions, consumer, handlers, clock=clock))


def _received(envelope: Envelope, consumer: str, handlers: Handlers) -> Received:
    event = decode(envelope.type, envelope.data)
    if type(event) not in handlers:
        raise UnknownEventError(f"{consumer} has no handler for {envelope.type}")
    return Received(event, envelope.correlation_id)
