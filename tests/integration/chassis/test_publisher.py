"""What the publisher says is what the broker did."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from pika.adapters.blocking_connection import BlockingChannel

from chassis.amqp import BrokerUnavailableError
from chassis.confirms import Outcome
from chassis.envelope import Envelope
from chassis.publisher import Publisher
from chassis.topology import DEAD_LETTERS, EVENTS_EXCHANGE, WorkQueue
from contracts import ClientConnected, MessageRendered
from tests.integration.backing import Backing
from tests.people import eventually

RENDERED = MessageRendered(message_id=1, version=1, html="<p>hi</p>")


@pytest.fixture
def publisher(create_publisher: Callable[[list[str]], Publisher]) -> Publisher:
    return create_publisher([EVENTS_EXCHANGE])


@pytest.fixture
def queue(publisher: Publisher, channel: BlockingChannel) -> str:
    del publisher  # it declares the exchange
    name = f"q-{uuid4()}"
    channel.queue_declare(name, exclusive=True)
    channel.queue_bind(name, EVENTS_EXCHANGE, RENDERED.type)
    return name


def test_what_reaches_a_queue_is_confirmed_and_arrives_whole(
    publisher: Publisher, queue: str, channel: BlockingChannel
) -> None:
    sent = Envelope.around(RENDERED, source="/test")
    assert publisher.publish([sent]) == [Outcome.CONFIRMED]
    _, properties, body = channel.basic_get(queue, auto_ack=True)
    assert properties is not None
    assert properties.delivery_mode == 2
    assert Envelope.open(properties, body or b"") == sent


def test_what_no_queue_wants_is_said_to_be_unroutable(publisher: Publisher, queue: str) -> None:
    del queue
    first, last = (Envelope.around(RENDERED, source="/test") for _ in range(2))
    unwanted = Envelope.around(ClientConnected(client_id="c", user_id=1, replica="r"), source="/test")
    assert publisher.publish([first, unwanted, last]) == [Outcome.CONFIRMED, Outcome.UNROUTABLE, Outcome.CONFIRMED]


def test_what_a_full_queue_has_no_room_for_is_refused_and_takes_no_room_of_dead_letters(
    publisher: Publisher, channel: BlockingChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.topology.MAX_LENGTH", 2)
    work = WorkQueue(name=f"test.{uuid4()}", types=(RENDERED.type,))
    channel.queue_delete(DEAD_LETTERS)
    work.declare(channel)
    try:
        # The bound is a soft one.
        outcomes = [publisher.publish([Envelope.around(RENDERED, source="/test")])[0] for _ in range(50)]
        assert Outcome.REFUSED in outcomes
        assert channel.queue_declare(DEAD_LETTERS, passive=True).method.message_count == 0
    finally:
        for queue in (work.name, DEAD_LETTERS):
            channel.queue_delete(queue)


def test_a_thousand_go_out_together_in_order(publisher: Publisher, queue: str, channel: BlockingChannel) -> None:
    sent = [Envelope.around(RENDERED, source="/test") for _ in range(1000)]
    assert set(publisher.publish(sent)) == {Outcome.CONFIRMED}
    arrived = [channel.basic_get(queue, auto_ack=True)[1] for _ in sent]
    assert [properties.message_id for properties in arrived if properties] == [envelope.id for envelope in sent]


def test_publishing_nothing_is_done_at_once(publisher: Publisher) -> None:
    assert publisher.publish([]) == []


def test_a_publisher_that_is_not_connected_says_so() -> None:
    publisher = Publisher("amqp://nobody:x@127.0.0.1:1/%2F", name="test", exchanges=[])
    with pytest.raises(BrokerUnavailableError):
        publisher.publish([Envelope.around(RENDERED, source="/test")])


def test_a_publisher_connects_again_after_the_broker_restarted(backing: Backing, publisher: Publisher) -> None:
    backing.process("rabbitmq").kill()
    backing.process("rabbitmq").start()
    backing.process("rabbitmq").wait_ready()
    envelope = Envelope.around(RENDERED, source="/test")

    def works() -> bool:
        try:
            return publisher.publish([envelope]) == [Outcome.UNROUTABLE]
        except BrokerUnavailableError:
            return False

    assert eventually(works)
