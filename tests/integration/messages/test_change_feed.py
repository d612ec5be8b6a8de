"""Whoever goes on from the cursor of each page misses nothing, however writers interleave."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session, sessionmaker

from messages.cursors import Changed, Cursor, MessageTime
from messages.models import Message
from tests.integration.messages.readers import Follower, epoch_of, post, post_in_bulk, post_many, render

Sessions = sessionmaker[Session]


def test_a_writer_that_began_early_and_commits_late_is_not_missed(sessions: Sessions, ann: int) -> None:
    follower = Follower(sessions)
    with sessions.begin() as early:
        late = post(early, ann)
        others = post_many(sessions, ann, 3)
        assert follower.catch_up() == others
        assert follower.catch_up() == others
    assert late in follower.catch_up()
    assert follower.catch_up() == []


def test_a_writer_that_commits_between_two_pages_is_not_missed(sessions: Sessions, ann: int) -> None:
    follower = Follower(sessions, limit=2)
    with sessions.begin() as early:
        late = post(early, ann)
        others = post_many(sessions, ann, 6)
        assert [message.id for message in follower.read_page().rows] == others[:2]
        assert [message.id for message in follower.read_page().rows] == others[2:4]
    follower.catch_up()
    assert set(follower.seen) == {late, *others}


def test_of_two_early_writers_the_one_that_commits_between_two_pages_is_not_missed(
    sessions: Sessions, ann: int
) -> None:
    follower = Follower(sessions, limit=2)
    with sessions.begin() as earlier:
        late = post(earlier, ann)
        with sessions.begin() as early:
            later = post(early, ann)
            others = post_many(sessions, ann, 3)
            assert [message.id for message in follower.read_page().rows] == others[:2]
            earlier.commit()
            assert not follower.read_page().more
    follower.catch_up()
    assert set(follower.seen) == {late, later, *others}


def test_a_writer_that_commits_while_a_page_is_read_is_not_missed(sessions: Sessions, ann: int) -> None:
    follower = Follower(sessions)
    early = sessions()
    late = post(early, ann)

    event.listen(sessions.kw["bind"], "after_cursor_execute", lambda *_: early.commit(), once=True)
    assert follower.catch_up() == []
    assert follower.catch_up() == [late]


def test_what_came_late_does_not_wait_until_nobody_writes(sessions: Sessions, ann: int) -> None:
    follower = Follower(sessions, limit=2)
    with sessions.begin() as early:
        late = post(early, ann)
        post_many(sessions, ann, 4)
        follower.read_page()
        follower.read_page()
    post_many(sessions, ann, 4)
    page = follower.read_page()
    assert page.more
    assert late in {message.id for message in page.rows}


def test_a_row_that_an_older_transaction_changes_last_is_not_missed(sessions: Sessions, ann: int) -> None:
    with sessions.begin() as early:
        early.execute(text("SELECT pg_current_xact_id()"))
        [message] = post_many(sessions, ann, 1)
        follower = Follower(sessions)
        follower.catch_up()
        render(early, message)
    follower.catch_up()
    assert follower.seen == {message: 2}


def test_many_rows_of_one_transaction_are_read_page_by_page(sessions: Sessions, ann: int) -> None:
    with sessions.begin() as session:
        post_in_bulk(session, ann, 1000)
    pages = list(Follower(sessions, limit=10).pages())
    assert [len(page.rows) for page in pages] == [10] * 100
    ids = [message.id for page in pages for message in page.rows]
    assert ids == sorted(set(ids))


def test_a_change_moves_a_row_to_the_end_of_the_feed(sessions: Sessions, ann: int) -> None:
    first, second, third = post_many(sessions, ann, 3)
    follower = Follower(sessions)
    assert follower.catch_up() == [first, second, third]
    with sessions.begin() as session:
        render(session, first)
    assert follower.catch_up() == [first]
    assert Follower(sessions).catch_up() == [second, third, first]


@pytest.mark.parametrize("table", ["messages", "users"])
@pytest.mark.parametrize("change", ["created_at = updated_at", "changed_xid = '1'"])
def test_nobody_can_forget_to_number_a_change(sessions: Sessions, ann: int, table: str, change: str) -> None:
    post_many(sessions, ann, 1)
    with sessions.begin() as session:
        session.execute(text(f"UPDATE {table} SET {change}"))
        numbers = session.execute(text(f"SELECT changed_xid, pg_current_xact_id() FROM {table}")).one()
    assert numbers[0] == numbers[1]


def test_xids_are_sorted_as_numbers(sessions: Sessions, ann: int) -> None:
    numbers = [9, 10, 99, 100]
    with sessions.begin() as session:
        session.execute(text("ALTER TABLE messages DISABLE TRIGGER set_changed_xid"))
        for number in reversed(numbers):
            message = session.get_one(Message, post_with_xid(session, ann, number))
            assert message.changed_xid == number
    pages = Follower(sessions, limit=1).pages()
    assert [message.changed_xid for page in pages for message in page.rows] == numbers


def post_with_xid(session: Session, author_id: int, xid: int) -> int:
    added = """
        INSERT INTO messages (
            user_id, created_at, updated_at, version, source_version, source, html, status, changed_xid
        ) VALUES (:author_id, now(), now(), 1, 1, 'hello', 'hello', 'posted', :xid) RETURNING id
    """
    message_id: int = session.scalars(text(added), {"author_id": author_id, "xid": str(xid)}).one()
    return message_id


def test_an_empty_page_moves_the_cursor_on(sessions: Sessions) -> None:
    follower = Follower(sessions)
    with sessions.begin() as session:
        xid = int(session.scalars(text("SELECT pg_current_xact_id()::text")).one())
    assert follower.catch_up() == []
    assert isinstance(follower.cursor.messages, Changed)
    assert follower.cursor.messages.key[0] > xid


FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "place",
    [
        Changed.since(2**63 - 1),
        Changed(key=(2**63 - 1, 2**63 - 1), again=2**63 - 1),
        MessageTime(key=(LAST, 2**63 - 1), again=2**63 - 1),
        MessageTime(key=(FIRST, 0), again=0),
    ],
    ids=range(4),
)
def test_a_cursor_from_another_time_harms_nobody(sessions: Sessions, ann: int, place: Changed | MessageTime) -> None:
    ids = post_many(sessions, ann, 1)
    assert set(
        Follower(sessions, cursor=Cursor(epoch=epoch_of(sessions), messages=place, users=Changed.since(0))).catch_up()
    ) <= set(ids)
