"""The systems under test: all of Flack for end-to-end, browser and fault tests, its backing for the others."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.people import Person
from tools.native import Backing, Stack

HOMES = Path(__file__).parents[1] / ".flack"


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Flack as `make run` starts it, empty, on ports of its own."""
    settings = {"RATE_LIMITS_ENABLED": "false"}
    with Stack(HOMES / "test-stack", environment=settings, for_tests=True, fresh=True) as running:
        yield running


@pytest.fixture(scope="session")
def base_url(stack: Stack) -> str:
    """Where the gateway of the system under test is."""
    return stack.base_url


@pytest.fixture(scope="session")
def backing() -> Iterator[Backing]:
    """Postgres and RabbitMQ, empty."""
    with Backing(HOMES / "test-backing", fresh=True) as running:
        yield running


@pytest.fixture
def ann(base_url: str) -> Person:
    """Somebody new."""
    return Person(base_url)


@pytest.fixture
def bob(base_url: str) -> Person:
    """Somebody else."""
    return Person(base_url)
