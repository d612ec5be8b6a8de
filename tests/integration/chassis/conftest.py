"""A database and a broker for the plumbing."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel
from pydantic import SecretStr
from sqlalchemy import Engine

from chassis.database import connect
from chassis.inbox import INBOX
from chassis.publisher import Publisher
from tests.integration.backing import Backing
from tests.people import eventually


@pytest.fixture
def engine(backing: Backing) -> Iterator[Engine]:
    """A database of the test's own, with an outbox and an inbox."""
    name = f"t{uuid4().hex}"
    backing.create_database(name)
    engine = connect(SecretStr(backing.database_url(name)), name="test")
    INBOX.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def amqp_url(backing: Backing) -> str:
    """Where the broker is, with all rights."""
    return backing.amqp_url("test")


@pytest.fixture
def channel(amqp_url: str) -> Iterator[BlockingChannel]:
    """A channel of the test's own."""
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        yield connection.channel()


@pytest.fixture
def create_publisher(amqp_url: str) -> Iterator[Callable[[list[str]], Publisher]]:
    """Makes publishers that are connected."""
    made: list[Publisher] = []

    def create(exchanges: list[str]) -> Publisher:
        publisher = Publisher(amqp_url, name="test", exchanges=exchanges)
        publisher.start()
        made.append(publisher)
        assert eventually(lambda: publisher.is_ready)
        return publisher

    yield create
    for publisher in made:
        publisher.close()
