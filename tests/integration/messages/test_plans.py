"""However large the tables are, each statement reads what it needs by an index."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session, sessionmaker

from chassis.database import create_sessions
from messages.commands.posts import post_once
from messages.commands.renderings import set_html
from messages.commands.tasks import forget_answers, prune_tasks
from messages.cursors import Cursor, MessageTime
from messages.models import Feed
from messages.queries.messages import follow_messages, history, list_messages, message_of
from messages.queries.tasks import done_tasks, find_task
from messages.queries.users import follow_users, list_users, user_of
from tests.integration.messages.chats import draft, rendered

Sessions = sessionmaker[Session]

FILL = """
    INSERT INTO users (nickname, nickname_key, created_at, updated_at, last_seen_at)
        SELECT n, n, at, at, at
        FROM (SELECT n, now() - n * interval '1 minute' AS at FROM generate_series(1, 5000) n) n;
    INSERT INTO messages (user_id, created_at, updated_at, version, source_version, source, html, status)
        SELECT 1 + n % 5000, at, at, 1, 1, 'hello', 'hello', 'posted'
        FROM (SELECT n, now() - n * interval '3 seconds' AS at FROM generate_series(1, 50000) n) n;
    INSERT INTO tasks (id, kind, owner_id, message_id, source_version, created_at, idempotency_key)
        SELECT gen_random_uuid(), 'post', user_id, id, 1, created_at, id FROM messages;
"""
NOW = datetime.now(UTC)
NOBODY = UUID(int=0)


@pytest.fixture(scope="module")
def filled(module_database_of: Callable[[str], Engine]) -> Sessions:
    """A database with so much in it that reading all of a table would be folly."""
    engine = module_database_of("messages")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(FILL))
        connection.execute(text("VACUUM ANALYZE"))
    return create_sessions(engine)


def middle(session: Session) -> Cursor:
    """Return a cursor in the middle of both lists."""
    epoch = session.scalars(select(Feed.epoch)).one()
    return Cursor.since(1, epoch).moved(messages=MessageTime(key=(NOW - timedelta(hours=20), 1), again=1))


READ: dict[str, Callable[[Session], object]] = {
    "recent messages": lambda s: list_messages(s, updated_since=NOW - timedelta(hours=24), user_id=None, limit=50),
    "recent messages of a user": lambda s: list_messages(
        s, updated_since=NOW - timedelta(hours=24), user_id=7, limit=50
    ),
    "the rest of recent messages": lambda s: follow_messages(s, cursor=middle(s), user_id=None, limit=50),
    "the feed of messages": lambda s: follow_messages(
        s, cursor=Cursor.since(2**40, middle(s).epoch), user_id=None, limit=50
    ),
    "history": lambda s: history(s, before=25_000, user_id=None, limit=50),
    "history of a user": lambda s: history(s, before=25_000, user_id=7, limit=50),
    "a message": lambda s: message_of(s, 7),
    "a task": lambda s: find_task(s, NOBODY),
    "tasks that are done": lambda s: done_tasks(s, [NOBODY]),
    "recent users": lambda s: list_users(s, updated_since=NOW - timedelta(hours=1), online=None, limit=50),
    "users who are there": lambda s: list_users(s, updated_since=NOW - timedelta(days=9), online=True, limit=50),
    "users who are not": lambda s: list_users(s, updated_since=NOW - timedelta(hours=1), online=False, limit=50),
    "the feed of users": lambda s: follow_users(s, cursor=Cursor.since(2**40, middle(s).epoch), online=None, limit=50),
    "a user": lambda s: user_of(s, 7),
    "what is rendered": lambda s: set_html(s, [rendered(number, 1) for number in range(1, 30)], now=NOW),
    "a post with a key": lambda s: post_once(s, draft(7, key="k")),
    "what is left of a deleted message": lambda s: forget_answers(s, 7),
    "tasks that are too old": lambda s: prune_tasks(s, NOW + timedelta(hours=20)),
}


@pytest.fixture
def asked(filled: Sessions) -> Iterator[list[str]]:
    """The statements that were executed."""
    statements: list[str] = []

    def note(_connection: object, cursor: Any, *_: object) -> None:
        statements.append(cursor.query.decode())

    engine = filled.kw["bind"]
    event.listen(engine, "after_cursor_execute", note)
    yield statements
    event.remove(engine, "after_cursor_execute", note)


@pytest.mark.parametrize("read", READ.values(), ids=READ)
def test_no_table_that_grows_is_read_from_end_to_end(
    filled: Sessions, asked: list[str], read: Callable[[Session], object]
) -> None:
    with filled() as session:
        read(session)
        statements = tuple(asked)
        plans = ["\n".join(session.connection().exec_driver_sql(f"EXPLAIN {each}").scalars()) for each in statements]
        session.rollback()
    assert any("Index" in plan for plan in plans)
    for plan in plans:
        for table in ("messages", "users", "tasks"):
            assert f"Seq Scan on {table}" not in plan
