"""Whichever way they were started, PostgreSQL and RabbitMQ do what the tests take for granted."""

from collections.abc import Callable
from uuid import uuid4

import pika
import psycopg2
import pytest
from pika import DeliveryMode
from pika.exceptions import AMQPConnectionError, ChannelClosedByBroker

from chassis.amqp import connection_parameters
from tests.integration.backing import Backing
from vault import PERMISSIONS, TEST_USER

ACCESS_REFUSED = 403


@pytest.fixture
def create_queue(backing: Backing) -> Callable[[str, str], None]:
    """Has *user* make the queue called *name*, which is gone with its connection."""

    def create(user: str, name: str) -> None:
        with pika.BlockingConnection(connection_parameters(backing.amqp_url(user), "test")) as connection:
            connection.channel().queue_declare(name, exclusive=True)

    return create


def test_the_user_of_tests_may_make_any_queue(create_queue: Callable[[str, str], None]) -> None:
    create_queue(TEST_USER, f"q-{uuid4()}")


@pytest.mark.parametrize("user", sorted(PERMISSIONS))
def test_a_service_s_user_makes_no_queue_of_strangers(create_queue: Callable[[str, str], None], user: str) -> None:
    with pytest.raises(ChannelClosedByBroker) as refused:
        create_queue(user, f"q-{uuid4()}")
    assert refused.value.reply_code == ACCESS_REFUSED


def test_only_its_owner_gets_into_a_database(backing: Backing) -> None:
    own, other = (f"t{uuid4().hex}" for _ in range(2))
    psycopg2.connect(backing.create_database(own)).close()
    backing.create_database(other)
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        psycopg2.connect(backing.database_url(own).removesuffix(own) + other)


def test_a_database_that_exists_keeps_what_is_in_it_when_it_is_asked_for_again(backing: Backing) -> None:
    name = f"t{uuid4().hex}"
    run(backing.create_database(name), "CREATE TABLE kept ()")
    run(backing.create_database(name), "SELECT FROM kept")


def test_what_a_queue_holds_is_there_after_the_broker_was_killed_and_started_again(backing: Backing) -> None:
    name = f"q-{uuid4()}"
    parameters = connection_parameters(backing.amqp_url(TEST_USER), "test")
    with pika.BlockingConnection(parameters) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare(name, durable=True)
        channel.basic_publish("", name, b"kept", pika.BasicProperties(delivery_mode=DeliveryMode.Persistent))
    backing.process("rabbitmq").kill()
    with pytest.raises(AMQPConnectionError):
        pika.BlockingConnection(parameters)
    backing.process("rabbitmq").start()
    backing.process("rabbitmq").wait_ready()
    with pika.BlockingConnection(parameters) as connection:
        assert connection.channel().basic_get(name, auto_ack=True)[2] == b"kept"


def run(url: str, statement: str) -> None:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()
