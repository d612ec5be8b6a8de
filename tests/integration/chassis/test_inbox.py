"""A handler's effect happens once, however often its event comes."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from chassis.database import create_sessions
from chassis.envelope import Envelope
from chassis.inbox import INBOX, KEPT, Handlers, first_delivery, handle_once, prune_inbox
from contracts import MessageRendered, UnknownEventError, UserUpdated

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
RENDERED = Envelope.around(MessageRendered(message_id=1, version=1, html=""), source="/test")


def remembered(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(INBOX)) or 0


def test_a_second_delivery_changes_nothing(engine: Engine) -> None:
    effects: list[object] = []
    handlers: Handlers = {MessageRendered: lambda _session, event, *, now: effects.append((event, now))}
    handle = handle_once(create_sessions(engine), "test", handlers, clock=lambda: NOON)
    handle(RENDERED)
    handle(RENDERED)
    assert effects == [(MessageRendered(message_id=1, version=1, html=""), NOON)]


def test_a_handler_that_fails_leaves_the_event_to_be_handled(engine: Engine) -> None:
    def fail(_session: Session, _event: object, *, now: datetime) -> None:
        raise ValueError(str(now))

    with pytest.raises(ValueError, match="2026"):
        handle_once(create_sessions(engine), "test", {MessageRendered: fail}, clock=lambda: NOON)(RENDERED)
    assert remembered(engine) == 0


def test_an_event_without_a_handler_is_unknown(engine: Engine) -> None:
    with pytest.raises(UnknownEventError):
        handle_once(create_sessions(engine), "test", {UserUpdated: print})(RENDERED)


def test_every_consumer_handles_an_event_for_itself(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        assert first_delivery(session, "one", "e1", NOON)
        assert first_delivery(session, "two", "e1", NOON)
        assert not first_delivery(session, "one", "e1", NOON)


def test_what_is_old_is_forgotten(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        first_delivery(session, "one", "old", NOON - KEPT - timedelta(seconds=1))
        first_delivery(session, "one", "new", NOON)
        prune_inbox(session, NOON)
    assert remembered(engine) == 1
