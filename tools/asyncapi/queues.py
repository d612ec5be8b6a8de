"""Who handles what: the queues that services declare, as RabbitMQ is told of them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeAlias

from chassis.revocations import queue_of
from chassis.topology import DEAD_LETTERS, InstanceQueue, WorkQueue
from chassis.verifying import OfflineVerifier
from tools.asyncapi.parts import Json
from tools.asyncapi.publishers import calls_in, services

Queue: TypeAlias = WorkQueue | InstanceQueue
INSTANCE = ".{instance}"


@dataclass
class Declared:
    """A queue as RabbitMQ is told of it.

    Attributes:
        name: Where instances have one each, with `INSTANCE` in it.
        types: What it is bound to.
        exchanges: By name, those that have to be there.
    """

    service: str
    name: str = ""
    durable: bool = False
    exclusive: bool = False
    arguments: Json = field(default_factory=dict)
    types: list[str] = field(default_factory=list)
    exchanges: dict[str, Json] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """What references call it; they take no braces."""
        return self.name.removesuffix(INSTANCE)

    def exchange_declare(self, exchange: str, exchange_type: str, *, durable: bool) -> None:
        """Take over what is said of an exchange."""
        self.exchanges[exchange] = {"name": exchange, "type": exchange_type, "durable": durable, "autoDelete": False}

    def queue_declare(self, queue: str, *, durable: bool, exclusive: bool, arguments: dict[str, Any] | None) -> None:
        """Take over what is said of a queue."""
        if queue != DEAD_LETTERS:
            self.durable, self.exclusive, self.arguments = durable, exclusive, arguments or {}

    def queue_bind(self, queue: str, exchange: str, routing_key: str) -> None:
        """Take over what it is bound to."""
        del exchange
        if queue != DEAD_LETTERS:
            self.types.append(routing_key)

    def queue_unbind(self, queue: str, exchange: str, routing_key: str) -> None:
        """Know nothing of what it was bound to once."""


def declared() -> list[Declared]:
    """Return the queues of all services."""
    return [_declared(service, queue) for service in services() for queue in _queues(service)]


def _declared(service: str, queue: Queue) -> Declared:
    one = Declared(service)
    queue.declare(one)
    one.name = queue.name if isinstance(queue, WorkQueue) else f"{queue.prefix}{INSTANCE}"
    return one


def _queues(service: str) -> Iterator[Queue]:
    if find_spec(f"{service}.handlers"):
        handlers = vars(import_module(f"{service}.handlers"))
        yield from (value for value in handlers.values() if isinstance(value, Queue))
    called = {call.func.id for call in calls_in(service) if isinstance(call.func, ast.Name)}
    if OfflineVerifier.__name__ in called:
        yield queue_of(service)
