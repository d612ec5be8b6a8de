"""A handler's effect happens once, however often its event comes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from chassis.database import create_sessions
from chassis.envelope import Envelope
from chassis.inbox import (
    INBOX,
    KEPT,
    Handlers,
    Received,
    first_deliveries,
    handle_all_once,
    handle_once,
    one_by_one,
    prune_inbox,
)
from chassis.logs import correlation_id
from contracts import MessageRendered, UnknownEventError, UserUpdated

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
UPDATED = Envelope.around(UserUpdated(user_id=1, model={}), source="/test")
RENDERED = Envelope.around(MessageRendered(message_id=1, version=1, html=""), source="/test")


def remembered(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(INBOX)) or 0


def test_a_second_delivery_changes_nothing(engine: Engine) -> None:
    effects: list[object] = []
    handlers: Handlers = {MessageRendered: lambda _session, received, *, now: effects.append((received, now))}
    handle = handle_once(create_sessions(engine), "test", handlers, clock=lambda: NOON)
    handle(RENDERED)
    handle(RENDERED)
    event = MessageRendered(message_id=1, version=1, html="")
    assert effects == [([Received(event, RENDERED.correlation_id)], NOON)]


def test_what_comes_together_is_handled_in_its_order_and_neighbours_of_a_kind_at_once(engine: Engine) -> None:
    effects: list[tuple[str, list[int]]] = []
    handlers: Handlers = {
        MessageRendered: lambda _session, received, *, now: effects.append(
            (f"{now:%H}", [each.event.message_id for each in received])
        ),
        UserUpdated: one_by_one(lambda _session, event, *, now: effects.append((f"{now:%M}", [event.user_id]))),
    }
    around = partial(Envelope.around, source="/test")
    first, second, third = (around(MessageRendered(message_id=n, version=1, html="")) for n in (1, 2, 3))
    ann, bob = (around(UserUpdated(user_id=n, model={})) for n in (8, 9))
    handle_all = handle_all_once(create_sessions(engine), "test", handlers, clock=lambda: NOON)
    handle_all([first, second, ann, bob, third])
    handle_all([third, second])
    assert effects == [("12", [1, 2]), ("00", [8]), ("00", [9]), ("12", [3])]
    assert remembered(engine) == 5


def test_of_what_comes_together_all_or_nothing_is_done(engine: Engine) -> None:
    def fail(_session: Session, _event: object, *, now: datetime) -> None:
        raise ValueError(str(now))

    handlers: Handlers = {MessageRendered: lambda *_, now: [now], UserUpdated: one_by_one(fail)}
    batch = [RENDERED, UPDATED]
    with pytest.raises(ValueError, match="2026"):
        handle_all_once(create_sessions(engine), "test", handlers, clock=lambda: NOON)(batch)
    assert remembered(engine) == 0


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
        assert first_deliveries(session, "one", ["e1"], NOON) == {"e1"}
        assert first_deliveries(session, "two", ["e1", "e2", "e1"], NOON) == {"e1", "e2"}
        assert first_deliveries(session, "one", ["e2", "e1"], NOON) == {"e2"}


def test_what_is_old_is_forgotten(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        first_deliveries(session, "one", ["old"], NOON - KEPT - timedelta(seconds=1))
        first_deliveries(session, "one", ["new"], NOON)
        prune_inbox(session, NOON)
    assert remembered(engine) == 1


def test_what_is_set_in_motion_bears_the_id_of_what_it_comes_from(engine: Engine) -> None:
    ids: list[str] = []
    handlers: Handlers = {UserUpdated: one_by_one(lambda *_, now: ids.append(f"{now:%H} {correlation_id()}"))}
    batch = [replace(UPDATED, id=each, correlation_id=each) for each in ("a", "b")]
    handle_all_once(create_sessions(engine), "test", handlers, clock=lambda: NOON)(batch)
    assert ids == ["12 a", "12 b"]
