"""Databases with the schema that a service's migrations make."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from chassis.database import connect
from chassis.migrations import migrate
from tools.native import Backing

SERVICES = Path(__file__).parents[2] / "services"


@pytest.fixture
def database_of(backing: Backing) -> Iterator[Callable[[str], Engine]]:
    """Makes a new database as *service* has it."""
    engines: list[Engine] = []

    def create(service: str) -> Engine:
        name = f"t{uuid4().hex}"
        backing.create_database(name)
        url = SecretStr(backing.database_url(name))
        migrate(url, SERVICES / service / "migrations")
        engines.append(connect(url, name="test"))
        return engines[-1]

    yield create
    for engine in engines:
        engine.dispose()
