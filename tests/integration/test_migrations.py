"""What migrations make is what the code expects."""

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, text
from sqlalchemy.dialects.postgresql.base import ischema_names

import auth.models
import messages.models
from chassis.inbox import INBOX
from chassis.migrations import has_schema
from chassis.outbox import OUTBOX
from chassis.xids import Xid8

# SQLAlchemy does not know it by itself.
ischema_names["xid8"] = Xid8

MIGRATIONS = Path(__file__).parents[2] / "services" / "messages" / "migrations"
PLUMBING = {"outbox": OUTBOX, "inbox": INBOX}


@pytest.mark.parametrize(
    ("service", "models", "plumbing"),
    [
        ("auth", auth.models.Model.metadata, ["outbox"]),
        ("messages", messages.models.Model.metadata, ["outbox", "inbox"]),
    ],
)
def test_models_and_migrations_say_the_same(
    database_of: Callable[[str], Engine], service: str, models: MetaData, plumbing: list[str]
) -> None:
    expected = MetaData()
    for table in [*models.sorted_tables, *(PLUMBING[name] for name in plumbing)]:
        table.to_metadata(expected)
    with database_of(service).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [each for each in compare_metadata(context, expected) if not is_only_an_index(each)]
    assert differences == []


def is_only_an_index(difference: object) -> bool:
    """Indexes are the migrations' own affair, so long as what is unique is so in both."""
    return isinstance(difference, tuple) and difference[0] in {"add_index", "remove_index"} and not difference[1].unique


@pytest.mark.parametrize(
    ("found", "is_enough"),
    [
        ("UPDATE alembic_version SET version_num = version_num", True),
        ("UPDATE alembic_version SET version_num = '0001'", False),
        # Of a later release, which has been gone back from.
        ("UPDATE alembic_version SET version_num = 'later'", True),
        ("DELETE FROM alembic_version", False),
        ("DROP TABLE alembic_version", False),
    ],
)
def test_a_release_waits_for_its_own_migrations(
    database_of: Callable[[str], Engine], found: str, *, is_enough: bool
) -> None:
    engine = database_of("messages")
    with engine.begin() as connection:
        connection.execute(text(found))
    assert has_schema(engine, MIGRATIONS) is is_enough
