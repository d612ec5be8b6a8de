"""A mark says that all before it has been published: it is never ahead of that, whoever writes and publishes when."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, text, true, update
from sqlalchemy.orm import Session, sessionmaker

from chassis.outbox import OUTBOX
from contracts import FeedAdvanced, decode
from messages.commands.users import tell
from messages.cursors import Changed, Cursor, decode_cursor
from messages.models import User
from messages.queries.feed import published_until
from messages.queries.users import follow_users
from messages.upkeep import upkeep_jobs
from tests.integration.messages.chats import NOON, edit, message, post
from tests.integration.messages.readers import Follower

Sessions = sessionmaker[Session]
Publish = Callable[..., None]


@pytest.fixture
def publish(sessions: Sessions) -> Publish:
    """Does as the relay does: takes out of the outbox what the broker has confirmed, all or one type of it."""

    def remove(event_type: str | None = None) -> None:
        with sessions.begin() as session:
            session.execute(delete(OUTBOX).where(OUTBOX.c.type == event_type if event_type else true()))

    remove()
    return remove


def mark(sessions: Sessions) -> Cursor:
    with sessions() as session:
        found = published_until(session)
    assert found is not None
    return found


def xid_of(cursor: Cursor) -> int:
    assert isinstance(cursor.messages, Changed)
    assert cursor.messages == cursor.users
    return cursor.messages.key[0]


def rename(sessions: Sessions, user_id: int, nickname: str) -> None:
    with sessions.begin() as session:
        renamed = update(User).where(User.id == user_id).values(nickname=nickname)
        tell(session, session.scalars(renamed.returning(User)).all(), NOON)


def users_since(sessions: Sessions, cursor: Cursor) -> list[str]:
    with sessions() as session:
        return [user.nickname for user in follow_users(session, cursor=cursor, online=None, limit=100).rows]


def test_whoever_goes_on_from_a_mark_reads_nothing_of_what_was_published(
    sessions: Sessions, ann: int, publish: Publish
) -> None:
    edit(sessions, post(sessions, ann), ann)
    publish()
    assert Follower(sessions, cursor=mark(sessions)).catch_up() == []
    assert users_since(sessions, mark(sessions)) == []


def test_a_mark_is_before_what_is_in_the_outbox_still(sessions: Sessions, ann: int, publish: Publish) -> None:
    rename(sessions, ann, "Annie")
    before = mark(sessions)
    assert users_since(sessions, before) == ["Annie"]
    edit(sessions, post(sessions, ann), ann)
    publish("message.updated.v1")
    assert mark(sessions) == before, "the longest waiting holds it, whatever overtakes that"
    publish()
    assert users_since(sessions, mark(sessions)) == []


def test_a_mark_is_before_whoever_has_not_committed_yet(sessions: Sessions, ann: int, publish: Publish) -> None:
    posted = post(sessions, ann)
    with sessions.begin() as slow:
        slow.execute(text("SELECT pg_current_xact_id()"))
        edit(sessions, post(sessions, ann), ann)
        publish()
        early = mark(sessions)
        slow.execute(text("UPDATE messages SET version = 9 WHERE id = :id"), {"id": posted})
    publish()
    follower = Follower(sessions, cursor=early)
    follower.catch_up()
    assert follower.seen[posted] == 9


def test_what_only_renderers_hear_holds_no_mark(sessions: Sessions, ann: int, publish: Publish) -> None:
    before = mark(sessions)
    posted = post(sessions, ann)
    changed_xid = message(sessions, posted).changed_xid
    assert xid_of(before) <= changed_xid < xid_of(mark(sessions))
    publish()


def test_a_transaction_that_ends_in_nothing_holds_no_mark(sessions: Sessions, ann: int, publish: Publish) -> None:
    del publish
    with sessions() as session:
        session.execute(select(User).where(User.id == ann).with_for_update())
        xid: int = session.scalars(text("SELECT CAST(CAST(pg_current_xact_id() AS text) AS bigint)")).one()
        assert xid_of(mark(sessions)) <= xid
        session.rollback()
    assert xid_of(mark(sessions)) > xid


def jobs_do(sessions: Sessions) -> None:
    for job in upkeep_jobs(sessions):
        if job.name == "mark":
            job.do()


def told_marks(sessions: Sessions) -> list[FeedAdvanced]:
    with sessions() as session:
        rows = session.execute(select(OUTBOX.c.type, OUTBOX.c.data)).all()
    events = [decode(row.type, bytes(row.data)) for row in rows]
    return [event for event in events if isinstance(event, FeedAdvanced)]


def test_marks_are_told_and_one_waits_at_most(sessions: Sessions, ann: int, publish: Publish) -> None:
    rename(sessions, ann, "Annie")
    expected = mark(sessions)
    for _ in range(3):
        jobs_do(sessions)
    [told] = told_marks(sessions)
    assert (decode_cursor(told.cursor), told.epoch) == (expected, expected.epoch)
    publish()
    jobs_do(sessions)
    assert xid_of(decode_cursor(told_marks(sessions)[0].cursor)) > xid_of(expected)
