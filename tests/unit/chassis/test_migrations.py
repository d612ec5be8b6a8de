"""Whether a database has had the migrations of a release."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, StaticPool, create_engine, text

from chassis.migrations import has_schema

REVISION = """\
revision = {revision!r}
down_revision = {before!r}
"""


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """The migrations of a release that has two."""
    versions = tmp_path / "versions"
    versions.mkdir()
    for revision, before in (("0001", None), ("0002", "0001")):
        (versions / f"{revision}.py").write_text(REVISION.format(revision=revision, before=before))
    return tmp_path


@pytest.fixture
def database() -> Engine:
    return create_engine("sqlite://", poolclass=StaticPool)


def migrate(database: Engine, revision: str) -> None:
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})


def test_an_empty_database_has_not(release: Path, database: Engine) -> None:
    assert not has_schema(database, release)


def test_one_that_has_had_the_first_only_has_not(release: Path, database: Engine) -> None:
    migrate(database, "0001")
    assert not has_schema(database, release)


def test_one_that_has_had_the_last_has(release: Path, database: Engine) -> None:
    migrate(database, "0002")
    assert has_schema(database, release)


def test_a_schema_of_a_later_release_is_good_enough(release: Path, database: Engine) -> None:
    migrate(database, "0003")
    assert has_schema(database, release)
