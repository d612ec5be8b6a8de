"""An event waits in the outbox with all that its envelope will say."""

from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import Insert
from sqlalchemy.orm import Session

from chassis.outbox import add_to_outbox
from contracts import MessageUpdated, decode

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
UPDATED = MessageUpdated(message_id=7, version=2, model={"id": 7})


class RecordingSession(Session):
    """Keeps what it is told to insert."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[dict[str, Any]] = []

    def execute(self, statement: Any, *_arguments: Any, **_options: Any) -> Any:
        """Keep the row."""
        assert isinstance(statement, Insert)
        self.rows.append(dict(statement.compile().params))


def test_a_row_holds_all_of_the_envelope() -> None:
    session = RecordingSession()
    with structlog.contextvars.bound_contextvars(correlation_id="c-7"):
        add_to_outbox(session, UPDATED, source="/messages", now=NOON)
    [row] = session.rows
    assert decode(row["type"], row["data"]) == UPDATED
    assert (row["source"], row["time"], row["correlation_id"]) == ("/messages", NOON, "c-7")
    assert row["broadcast"]


def test_an_event_is_due_at_once() -> None:
    session = RecordingSession()
    add_to_outbox(session, UPDATED, source="/messages", now=NOON)
    assert session.rows[0]["due_at"] == NOON


def test_every_row_has_an_id_of_its_own() -> None:
    session = RecordingSession()
    for _ in range(2):
        add_to_outbox(session, UPDATED, source="/messages", now=NOON)
    assert session.rows[0]["id"] != session.rows[1]["id"]
