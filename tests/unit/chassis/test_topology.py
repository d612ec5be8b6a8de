"""Exchanges and queues are declared as every RabbitMQ from 3.10 to 4.3 takes them."""

from typing import Any

import pytest

from chassis.topology import (
    DEAD_LETTERS,
    DELIVERY_LIMIT,
    MAX_LENGTH,
    InstanceQueue,
    WorkQueue,
    declare_exchanges,
    exchange_for,
)
from contracts import EVENTS

WORK = WorkQueue(name="messages.events", types=("message.rendered.v1", "post_message.v1"))
INSTANCE = InstanceQueue(prefix="push", types=("message.updated.v1",))


class RecordingChannel:
    """Notes what is declared."""

    def __init__(self) -> None:
        self.exchanges: dict[str, tuple[str, bool]] = {}
        self.queues: dict[str, dict[str, Any]] = {}
        self.bindings: list[tuple[str, str, str]] = []

    def exchange_declare(self, exchange: str, exchange_type: str, *, durable: bool) -> None:
        """Note an exchange."""
        self.exchanges[exchange] = (exchange_type, durable)

    def queue_declare(self, queue: str, *, durable: bool, exclusive: bool, arguments: dict[str, Any] | None) -> None:
        """Note a queue."""
        self.queues[queue] = {"durable": durable, "exclusive": exclusive, "arguments": arguments}

    def queue_bind(self, queue: str, exchange: str, routing_key: str) -> None:
        """Note a binding, of a queue and an exchange that are there."""
        assert queue in self.queues
        assert exchange in self.exchanges
        self.bindings.append((queue, exchange, routing_key))

    def queue_unbind(self, queue: str, exchange: str, routing_key: str) -> None:
        """Forget a binding, if it is there."""
        self.bindings = [binding for binding in self.bindings if binding != (queue, exchange, routing_key)]


@pytest.fixture
def channel() -> RecordingChannel:
    return RecordingChannel()


def test_events_and_commands_have_an_exchange_each() -> None:
    assert exchange_for("message.posted.v1") == "chat.events"
    assert exchange_for("post_message.v1") == "chat.commands"


@pytest.mark.parametrize("event_type", EVENTS)
def test_only_what_is_asked_for_is_a_command(event_type: str) -> None:
    assert (exchange_for(event_type) == "chat.commands") == (event_type in {"post_message.v1", "render_slowly.v1"})


def test_exchanges_outlive_a_restart(channel: RecordingChannel) -> None:
    declare_exchanges(channel)
    assert channel.exchanges == {"chat.events": ("topic", True), "chat.commands": ("topic", True)}


def test_a_work_queue_is_a_quorum_queue_with_limits(channel: RecordingChannel) -> None:
    WORK.declare(channel)
    assert channel.queues["messages.events"] == {
        "durable": True,
        "exclusive": False,
        "arguments": {
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": DEAD_LETTERS,
            "x-dead-letter-strategy": "at-least-once",
            "x-max-length": MAX_LENGTH,
            "x-overflow": "reject-publish",
        },
    }


def test_a_work_queue_takes_its_events_from_where_they_are(channel: RecordingChannel) -> None:
    assert WORK.declare(channel) == "messages.events"
    assert ("messages.events", "chat.events", "message.rendered.v1") in channel.bindings
    assert ("messages.events", "chat.commands", "post_message.v1") in channel.bindings


def test_dead_letters_have_a_place_before_there_are_any(channel: RecordingChannel) -> None:
    WORK.declare(channel)
    assert channel.exchanges[DEAD_LETTERS] == ("topic", True)
    assert (DEAD_LETTERS, DEAD_LETTERS, "#") in channel.bindings
    arguments = channel.queues[DEAD_LETTERS]["arguments"]
    assert (arguments["x-queue-type"], arguments["x-overflow"]) == ("quorum", "reject-publish")


def test_dead_letters_do_not_go_round_in_circles(channel: RecordingChannel) -> None:
    WORK.declare(channel)
    assert "x-dead-letter-exchange" not in channel.queues[DEAD_LETTERS]["arguments"]


def test_the_queue_of_an_instance_is_its_own_and_cannot_grow_without_end(channel: RecordingChannel) -> None:
    name = INSTANCE.declare(channel)
    assert name.startswith("push.")
    assert channel.queues[name] == {
        "durable": False,
        "exclusive": True,
        "arguments": {"x-max-length": 10_000, "x-overflow": "drop-head"},
    }
    assert (name, "chat.events", "message.updated.v1") in channel.bindings


def test_an_instance_that_connects_again_takes_a_new_queue(channel: RecordingChannel) -> None:
    assert INSTANCE.declare(channel) != INSTANCE.declare(channel)


def test_only_work_is_given_back_when_it_fails() -> None:
    assert WORK.requeue
    assert not INSTANCE.requeue


def test_what_a_queue_took_once_and_takes_no_more_is_unbound(channel: RecordingChannel) -> None:
    WorkQueue(name="q", types=("user.updated.v1", "message.posted.v1")).declare(channel)
    WorkQueue(name="q", types=("message.posted.v1",), retired=("user.updated.v1",)).declare(channel)
    assert {key for queue, _, key in channel.bindings if queue == "q"} == {"message.posted.v1"}


@pytest.mark.parametrize(
    ("waiting", "taken", "may_have"), [(0, 0, False), (0, 89, False), (0, 90, True), (60, 29, False), (60, 30, True)]
)
def test_a_queue_that_was_never_full_has_dropped_nothing(
    waiting: int,
    taken: int,
    may_have: bool,  # noqa: FBT001 - it is what varies
) -> None:
    queue = InstanceQueue(prefix="test", types=(), prefetch=10, max_length=100)
    assert queue.may_have_dropped(waiting=waiting, taken=taken) is may_have
