"""The exchanges and queues of Flack, declared by whoever uses them; valid on RabbitMQ 3.10 to 4.3."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import uuid4

EVENTS_EXCHANGE = "chat.events"
COMMANDS_EXCHANGE = "chat.commands"
DEAD_LETTERS = "chat.dead-letters"

# Deliveries of one message before it is dead-lettered; generous, since a broker's restart counts as one too.
DELIVERY_LIMIT = 20
# A full queue refuses, the publisher is told, and the event waits in the outbox instead.
MAX_LENGTH = 100_000


class DeclaringChannel(Protocol):
    """What this module needs of a channel: pika's blocking channel, or one that declares without waiting."""

    def exchange_declare(self, exchange: str, exchange_type: str, *, durable: bool) -> object: ...
    def queue_declare(
        self, queue: str, *, durable: bool, exclusive: bool, arguments: dict[str, Any] | None
    ) -> object: ...
    def queue_bind(self, queue: str, exchange: str, routing_key: str) -> object: ...
    def queue_unbind(self, queue: str, exchange: str, routing_key: str) -> object: ...


def exchange_for(event_type: str) -> str:
    """Return the exchange of an event (`message.posted.v1`) or a command (`post_message.v1`)."""
    is_event = event_type.count(".") > 1
    return EVENTS_EXCHANGE if is_event else COMMANDS_EXCHANGE


def declare_exchanges(channel: DeclaringChannel, names: Iterable[str] = (EVENTS_EXCHANGE, COMMANDS_EXCHANGE)) -> None:
    """Declare the topic exchanges of *names*; harmless when they exist."""
    for name in names:
        channel.exchange_declare(name, "topic", durable=True)


def declare_dead_letters(channel: DeclaringChannel) -> None:
    """Declare where events go that nobody could handle."""
    channel.exchange_declare(DEAD_LETTERS, "topic", durable=True)
    arguments = {"x-queue-type": "quorum", "x-max-length": MAX_LENGTH, "x-overflow": "reject-publish"}
    channel.queue_declare(DEAD_LETTERS, durable=True, exclusive=False, arguments=arguments)
    channel.queue_bind(DEAD_LETTERS, DEAD_LETTERS, "#")


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkQueue:
    """One queue that all instances of a consumer share: every event is handled by one of them.

    Attributes:
        retired: Types that earlier versions of the consumer handled here; the broker remembers such bindings.
    """

    name: str
    types: tuple[str, ...]
    retired: tuple[str, ...] = ()
    prefetch: int = 50
    requeue: bool = True

    def declare(self, channel: DeclaringChannel) -> str:
        """Declare the queue, what it is bound to, and where its dead letters go; return its name."""
        declare_exchanges(channel)
        declare_dead_letters(channel)
        arguments = {
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": DEAD_LETTERS,
            "x-dead-letter-strategy": "at-least-once",
            "x-max-length": MAX_LENGTH,
            "x-overflow": "reject-publish",  # at-least-once dead-lettering asks for it
        }
        channel.queue_declare(self.name, durable=True, exclusive=False, arguments=arguments)
        _bind(channel, self.name, self.types)
        for event_type in self.retired:
            channel.queue_unbind(self.name, exchange_for(event_type), event_type)
        return self.name

    @staticmethod
    def may_have_dropped(*, waiting: int, taken: int) -> bool:
        """Whether something was dropped: never, for what does not fit is refused."""
        del waiting, taken
        return False


@dataclass(frozen=True, kw_only=True, slots=True)
class InstanceQueue:
    """A queue that one running instance has for itself: every instance handles every event.

    It goes with the connection, and drops its oldest events when the instance
    cannot follow; the instance must be able to read the state again.
    """

    prefix: str
    types: tuple[str, ...]
    prefetch: int = 200
    max_length: int = 10_000
    requeue: bool = False

    def declare(self, channel: DeclaringChannel) -> str:
        """Declare the queue and what it is bound to; return its name, a new one for every connection.

        The broker may not yet know that the last connection died, and would still lock its queue.
        """
        name = f"{self.prefix}.{uuid4()}"
        declare_exchanges(channel)
        # No dead letters: what a slow instance drops would fill the place of those that matter.
        arguments = {"x-max-length": self.max_length, "x-overflow": "drop-head"}
        channel.queue_declare(name, durable=False, exclusive=True, arguments=arguments)
        _bind(channel, name, self.types)
        return name

    def may_have_dropped(self, *, waiting: int, taken: int) -> bool:
        """Whether the queue may have been full at any time since it was last looked at.

        If it was, then since then no more have left it than were handed out: those *taken* and those on their way.
        """
        return waiting + taken + self.prefetch >= self.max_length


def _bind(channel: DeclaringChannel, queue: str, types: Iterable[str]) -> None:
    for event_type in types:
        channel.queue_bind(queue, exchange_for(event_type), event_type)
