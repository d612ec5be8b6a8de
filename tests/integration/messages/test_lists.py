"""Where lists begin, what they leave out, and how they go on."""

from datetime import timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session, sessionmaker

from messages.commands.presence import note_requests
from messages.commands.users import register_user
from messages.cursors import Cursor
from messages.models import User
from messages.queries.messages import follow_messages, history
from messages.queries.pages import Page
from messages.queries.users import follow_users, list_users
from tests.integration.messages.auths import RecordingCredentials
from tests.integration.messages.readers import (
    NOON,
    Follower,
    epoch_of,
    first_page,
    post,
    post_in_bulk,
    post_many,
    render,
)

Sessions = sessionmaker[Session]


def register(sessions: Sessions, *nicknames: str) -> list[int]:
    ids = []
    for nickname in nicknames:
        with sessions.begin() as session:
            user = register_user(
                session, nickname=nickname, password="x" * 8, credentials=RecordingCredentials(), now=NOON
            )
            ids.append(user.id)
    return ids


def users_after(sessions: Sessions, cursor: Cursor, *, limit: int = 1000, online: bool | None = None) -> Page[User]:
    with sessions() as session:
        return follow_users(session, cursor=cursor, online=online, limit=limit)


def test_what_changes_after_the_first_page_follows_on_it(sessions: Sessions, ann: int) -> None:
    first, second = post_many(sessions, ann, 2)
    page = first_page(sessions)
    assert [message.id for message in page.rows] == [first, second]
    assert not page.more
    follower = Follower(sessions, cursor=page.cursor)
    assert follower.catch_up() == []
    with sessions.begin() as session:
        render(session, first)
    third = post_many(sessions, ann, 1)
    assert follower.catch_up() == [first, *third]


def test_what_was_written_before_the_first_page_and_committed_after_it_follows_on_it(
    sessions: Sessions, ann: int
) -> None:
    with sessions.begin() as early:
        late = post(early, ann, now=NOON - timedelta(days=2))
        page = first_page(sessions)
    assert Follower(sessions, cursor=page.cursor).catch_up() == [late]


def test_what_is_older_than_the_first_page_does_not_follow_on_it(sessions: Sessions, ann: int) -> None:
    post_many(sessions, ann, 3)
    page = first_page(sessions, since=NOON + timedelta(seconds=1))
    assert page.rows == []
    assert Follower(sessions, cursor=page.cursor).catch_up() == []


def test_the_rest_of_a_first_page_that_was_cut_follows_on_it(sessions: Sessions, ann: int) -> None:
    ids = post_many(sessions, ann, 7)
    page = first_page(sessions, limit=3)
    assert page.more
    assert [message.id for message in page.rows] == ids[:3]
    follower = Follower(sessions, cursor=page.cursor, limit=3)
    assert follower.catch_up() == ids[3:]
    assert follower.catch_up() == []


def test_nothing_is_missed_of_what_happens_while_the_rest_is_read(sessions: Sessions, ann: int) -> None:
    with sessions.begin() as early:
        late = post(early, ann, now=NOON - timedelta(days=2))
        ids = post_many(sessions, ann, 7)
        page = first_page(sessions, limit=3)
        follower = Follower(sessions, cursor=page.cursor, limit=2)
        follower.read_page()
    with sessions.begin() as session:
        render(session, ids[0])
        render(session, ids[-1])
    follower.catch_up()
    unseen = {ids[0]: 2, ids[3]: 1, ids[4]: 1, ids[5]: 1, ids[6]: 2, late: 1}
    assert {each: follower.seen.get(each) for each in unseen} == unseen


def test_users_of_the_same_instant_are_read_page_by_page(sessions: Sessions) -> None:
    nicknames = ["émile", "Zoë", "ann", "bob", "Ann 2", "a" * 32, "安"]
    register(sessions, *nicknames)
    with sessions() as session:
        whole = list_users(session, updated_since=NOON, online=None, limit=1000)
        page = list_users(session, updated_since=NOON, online=None, limit=1)
    read = list(page.rows)
    while page.more:
        page = users_after(sessions, page.cursor, limit=1)
        read += page.rows
    assert [user.nickname for user in read] == [user.nickname for user in whole.rows]
    assert {user.nickname for user in read} == set(nicknames)


def test_reading_one_list_leaves_the_place_in_the_other(sessions: Sessions, ann: int) -> None:
    cursor = first_page(sessions).cursor
    [bob] = register(sessions, "bob")
    post_many(sessions, ann, 1)
    follower = Follower(sessions, cursor=cursor)
    follower.catch_up()
    page = users_after(sessions, follower.cursor)
    assert [user.id for user in page.rows] == [bob]
    assert Follower(sessions, cursor=page.cursor).catch_up() == []


def test_one_author_can_be_followed(sessions: Sessions, ann: int) -> None:
    [bob] = register(sessions, "bob")
    post_many(sessions, ann, 2)
    mine = post_many(sessions, bob, 3)
    with sessions() as session:
        page = follow_messages(session, cursor=Cursor.since(0, epoch_of(sessions)), user_id=bob, limit=2)
        rest = follow_messages(session, cursor=page.cursor, user_id=bob, limit=2)
    assert (page.more, rest.more) == (True, False)
    assert [message.id for message in [*page.rows, *rest.rows]] == mine


def test_those_who_are_there_can_be_followed(sessions: Sessions, ann: int) -> None:
    [bob] = register(sessions, "bob")
    with sessions.begin() as session:
        note_requests(session, {bob: NOON}, now=NOON)
    with sessions() as session:
        there = follow_users(session, cursor=Cursor.since(0, epoch_of(sessions)), online=True, limit=9)
        gone = follow_users(session, cursor=Cursor.since(0, epoch_of(sessions)), online=False, limit=9)
    assert ([user.id for user in there.rows], [user.id for user in gone.rows]) == ([bob], [ann])


def test_who_reads_history_goes_on_with_what_changes(sessions: Sessions, ann: int) -> None:
    ids = post_many(sessions, ann, 3)
    with sessions() as session:
        page = history(session, before=ids[-1] + 1, user_id=None, limit=2)
    assert page.more
    assert [message.id for message in page.rows] == ids[1:]
    new = post_many(sessions, ann, 1)
    assert Follower(sessions, cursor=page.cursor).catch_up() == new


@pytest.mark.parametrize("table", ["messages", "users"])
def test_the_feed_is_read_by_its_index(sessions: Sessions, ann: int, table: str) -> None:
    asked: list[str] = []
    for _ in range(20):
        with sessions.begin() as session:
            post_in_bulk(session, ann, 200)
            register_in_bulk(session, 200)
    with sessions() as session:
        session.execute(text("ANALYZE"))
        xid = session.scalars(text("SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY changed_xid) FROM messages"))
        cursor = Cursor.since(int(xid.one()), epoch_of(sessions))
        event.listen(
            sessions.kw["bind"],
            "after_cursor_execute",
            lambda _connection, cursor, *_: asked.append(cursor.query.decode()),
            once=True,
        )
        if table == "messages":
            follow_messages(session, cursor=cursor, user_id=None, limit=100)
        else:
            follow_users(session, cursor=cursor, online=None, limit=100)
        plan = "\n".join(session.connection().exec_driver_sql(f"EXPLAIN {asked[0]}").scalars())
    assert f"Index Scan using ix_{table}_changed_xid" in plan
    assert "Index Cond: (ROW(changed_xid, id) >" in plan


def register_in_bulk(session: Session, count: int) -> None:
    statement = text(
        """
        INSERT INTO users (nickname, nickname_key, created_at, updated_at, last_seen_at)
        SELECT gen_random_uuid(), gen_random_uuid(), now(), now(), now() FROM generate_series(1, :count)
        """
    )
    session.execute(statement, {"count": count})
