"""What nobody can handle is put aside, by name, and the queue goes on."""

from collections.abc import Iterator
from uuid import uuid4

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel

from chassis.envelope import Envelope
from chassis.topology import COMMANDS_EXCHANGE, DEAD_LETTERS, EVENTS_EXCHANGE
from contracts import PostMessageRequested
from tests.people import Person, eventually, listening
from tools.native import Stack

NOBODY = 2**62


@pytest.fixture
def channel(stack: Stack) -> Iterator[BlockingChannel]:
    with pika.BlockingConnection(pika.URLParameters(stack.amqp_url("test"))) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_purge(DEAD_LETTERS)
        yield channel


def dead_letter(channel: BlockingChannel) -> tuple[str, bytes]:
    found: list[tuple[str, bytes]] = []

    def has_one() -> bool:
        method, properties, body = channel.basic_get(DEAD_LETTERS, auto_ack=True)
        if method is not None and properties is not None:
            found.append((str(properties.message_id), body or b""))
        return method is not None

    # It may have to be delivered twenty times before it is given up.
    assert eventually(has_one, seconds=120)
    return found[0]


def goes_on(base_url: str, person: Person) -> bool:
    with listening(base_url) as listener:
        return listener.hears_rendered(person.post("and the next one")["id"])


@pytest.mark.parametrize(
    ("exchange", "routing_key", "consumer"),
    [
        (EVENTS_EXCHANGE, "message.posted.v1", "renderer"),
        (COMMANDS_EXCHANGE, "render_slowly.v1", "renderer"),
        (EVENTS_EXCHANGE, "message.linked.v1", "renderer-preview"),
        (EVENTS_EXCHANGE, "message.rendered.v1", "messages-consumer"),
        (COMMANDS_EXCHANGE, "post_message.v1", "messages-consumer"),
    ],
)
@pytest.mark.parametrize("body", [b"", b"\xff\x00", b"{}", b'{"message_id": "1"}'])
def test_an_event_that_cannot_be_decoded(
    stack: Stack,
    base_url: str,
    ann: Person,
    channel: BlockingChannel,
    exchange: str,
    routing_key: str,
    consumer: str,
    body: bytes,
) -> None:
    event_id = str(uuid4())
    channel.basic_publish(exchange, routing_key, body, pika.BasicProperties(message_id=event_id), mandatory=True)
    assert dead_letter(channel) == (event_id, body)
    log = stack.process(consumer).log_path
    assert eventually(lambda: any(event_id in line for line in log.read_text().splitlines() if "dead_lettered" in line))
    assert goes_on(base_url, ann)


def test_an_event_whose_handler_always_fails(
    stack: Stack, base_url: str, ann: Person, channel: BlockingChannel
) -> None:
    event = PostMessageRequested(task_id=str(uuid4()), author_id=NOBODY, source="from nobody")
    envelope = Envelope.around(event, source="/test")
    channel.basic_publish(COMMANDS_EXCHANGE, event.type, envelope.data, envelope.properties(), mandatory=True)
    assert dead_letter(channel) == (envelope.id, envelope.data)
    lines = stack.process("messages-consumer").log_path.read_text().splitlines()
    assert any(envelope.id in line and event.type in line for line in lines if "event_dead_lettered" in line)
    assert goes_on(base_url, ann)
