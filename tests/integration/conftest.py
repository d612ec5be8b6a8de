"""PostgreSQL and RabbitMQ, and databases with the schema that a service's migrations make."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg2
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from chassis.database import connect
from chassis.migrations import migrate
from tests.integration.backing import Backing, backing_on, described
from tests.integration.backing_engine import MissingImageError, find_engine
from tests.integration.backing_images import Images

ROOT = Path(__file__).parents[2]
SERVICES = ROOT / "services"
IMAGES = Images.chosen_by(os.environ)


def pytest_report_collectionfinish(items: Sequence[pytest.Item]) -> list[str]:
    """Tell what these tests stand on, when any of them are to run."""
    used = any("backing" in getattr(item, "fixturenames", ()) for item in items)
    return [f"backing: {described(find_engine(), IMAGES)}"] if used else []


@pytest.fixture(scope="session")
def backing() -> Iterator[Backing]:
    """PostgreSQL and RabbitMQ, empty."""
    try:
        with backing_on(find_engine(), IMAGES, ROOT / ".flack") as running:
            _leave_alone(running)
            yield running
    except MissingImageError as error:
        # The one line is all there is to say.
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def _leave_alone(backing: Backing) -> None:
    """Have PostgreSQL write nothing of its own accord, for a moment of which the change feed would tell rows twice."""
    with closing(psycopg2.connect(backing.database_url("postgres"))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("ALTER SYSTEM SET autovacuum = off")
            cursor.execute("SELECT pg_reload_conf()")


@pytest.fixture
def database_of(backing: Backing) -> Iterator[Callable[[str], Engine]]:
    """Makes a new database as *service* has it."""
    with _databases(backing) as create:
        yield create


@pytest.fixture(scope="module")
def module_database_of(backing: Backing) -> Iterator[Callable[[str], Engine]]:
    """Makes a new database for all the tests of a module."""
    with _databases(backing) as create:
        yield create


@contextmanager
def _databases(backing: Backing) -> Iterator[Callable[[str], Engine]]:
    engines: list[Engine] = []

    def create(service: str) -> Engine:
        name = f"t{uuid4().hex}"
        url = SecretStr(backing.create_database(name))
        migrate(url, SERVICES / service / "migrations")
        engines.append(connect(url, name="test"))
        return engines[-1]

    yield create
    for engine in engines:
        engine.dispose()
