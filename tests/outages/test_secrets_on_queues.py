"""Whoever listens to all that the services tell each other learns no secret."""

from collections.abc import Iterator

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel

from chassis.topology import COMMANDS_EXCHANGE, EVENTS_EXCHANGE
from contracts import EVENTS
from tests.e2e.test_secrets import PATTERNS, live
from tests.people import eventually
from tools.native import Stack

QUEUE = "eavesdropper"


@pytest.fixture
def eavesdropper(stack: Stack) -> Iterator[BlockingChannel]:
    with pika.BlockingConnection(pika.URLParameters(stack.amqp_url("test"))) as connection:
        channel = connection.channel()
        channel.queue_declare(QUEUE, exclusive=True)
        for exchange in (EVENTS_EXCHANGE, COMMANDS_EXCHANGE):
            channel.queue_bind(QUEUE, exchange, "#")
        yield channel


def test_no_event_has_a_secret(base_url: str, eavesdropper: BlockingChannel) -> None:
    secrets = live(base_url)
    heard: dict[str, str] = {}

    def hears_all() -> bool:
        method, properties, body = eavesdropper.basic_get(QUEUE, auto_ack=True)
        if method is not None and body is not None:
            heard[str(method.routing_key)] = heard.get(str(method.routing_key), "") + f"{properties} {body.decode()}\n"
        return {"session.revoked.v1", "user.updated.v1", "post_message.v1", "message.rendered.v1"} <= heard.keys()

    assert eventually(hears_all)
    assert set(heard) <= EVENTS.keys()
    told = "".join(heard.values())
    assert [secret for secret in secrets if secret in told] == []
    assert {name: pattern.findall(told) for name, pattern in PATTERNS.items() if pattern.search(told)} == {}
