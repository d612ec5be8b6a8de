"""Events that are written in the transaction of their cause, and leave it for the exchange later.

Every service that publishes has this table; a relay empties it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    Boolean,
    Column,
    Identity,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
    insert,
)
from sqlalchemy.orm import Session

from chassis.envelope import Envelope
from chassis.xids import Xid8
from contracts import Event

metadata = MetaData()

OUTBOX = Table(
    "outbox",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("time", TIMESTAMP(timezone=True), nullable=False),
    Column("correlation_id", Text, nullable=False),
    Column("broadcast", Boolean, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("due_at", TIMESTAMP(timezone=True), nullable=False),
    # Of the change that it tells of.
    Column("xid", Xid8, nullable=False, server_default=func.pg_current_xact_id()),
)


def add_to_outbox(session: Session, event: Event, *, source: str, now: datetime) -> None:
    """Publish *event* if and when the transaction of *session* commits."""
    session.execute(insert(OUTBOX).values(outbox_row(event, source=source, now=now)))


def outbox_row(event: Event, *, source: str, now: datetime) -> dict[str, Any]:
    """Return the columns of *event*, for whoever writes several rows at once."""
    envelope = Envelope.around(event, source=source, clock=lambda: now)
    return {
        "id": envelope.id,
        "type": envelope.type,
        "source": envelope.source,
        "time": envelope.time,
        "correlation_id": envelope.correlation_id,
        "broadcast": envelope.broadcast,
        "data": envelope.data,
        "due_at": now,
    }
