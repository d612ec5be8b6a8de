"""What migrations make of rows that were there before."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from alembic.config import Config
from pydantic import SecretStr
from sqlalchemy import Engine, delete, text

from chassis.database import connect, create_sessions
from chassis.outbox import OUTBOX
from messages.queries.feed import published_until
from tests.integration.backing import Backing
from tests.integration.messages.readers import Follower, first_page, post_in_bulk, render

MIGRATIONS = Path(__file__).parents[3] / "services" / "messages" / "migrations"


Migrate = Callable[[str], Engine]


@pytest.fixture
def migrate(backing: Backing) -> Iterator[Migrate]:
    """Brings a new database to a revision, and then to later ones."""
    name = f"t{uuid4().hex}"
    backing.create_database(name)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = SecretStr(backing.database_url(name))
    engine = connect(config.attributes["url"], name="test")

    def to(revision: str) -> Engine:
        command.upgrade(config, revision)
        return engine

    yield to
    engine.dispose()


def test_messages_from_before_the_change_feed_are_in_it(migrate: Migrate) -> None:
    sessions = create_sessions(migrate("0001"))
    with sessions.begin() as session:
        register = "INSERT INTO users VALUES (DEFAULT, 'ann', 'ann', now(), now(), now()) RETURNING id"
        post_in_bulk(session, session.scalars(text(register)).one(), 25)
    migrate("head")
    old = list(range(1, 26))
    follower = Follower(sessions, limit=10)
    assert follower.catch_up() == old
    page = first_page(sessions, limit=10)
    with sessions.begin() as session:
        render(session, 25)
    late_follower = Follower(sessions, limit=10, cursor=page.cursor)
    late_follower.catch_up()
    assert late_follower.seen == dict.fromkeys(old[10:], 1) | {25: 2}
    assert follower.catch_up() == [25]


def test_events_from_before_they_knew_their_transaction_are_not_passed_over(migrate: Migrate) -> None:
    sessions = create_sessions(migrate("0008"))
    waiting = """
        INSERT INTO outbox (id, type, source, time, correlation_id, broadcast, data, due_at)
        VALUES ('e-1', 'user.updated.v1', '/messages', now(), 'c-1', true, '{}', now())
    """
    with sessions.begin() as session:
        session.execute(text(waiting))
    migrate("head")
    with sessions.begin() as session:
        assert published_until(session) is None
        session.execute(delete(OUTBOX))
        assert published_until(session) is not None
