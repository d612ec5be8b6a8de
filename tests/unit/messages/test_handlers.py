"""What the consumer is asked to do, it does."""

import pytest

from chassis.inbox import Handlers
from chassis.topology import WorkQueue
from messages.handlers import PRESENCE_HANDLERS, PRESENCE_QUEUE, QUEUE, create_handlers

queues = pytest.mark.parametrize(
    ("queue", "handlers"),
    [(QUEUE, create_handlers(None)), (PRESENCE_QUEUE, PRESENCE_HANDLERS)],
    ids=["events", "presence"],
)


@queues
def test_a_queue_takes_what_there_is_a_handler_for(queue: WorkQueue, handlers: Handlers) -> None:
    assert queue.types == tuple(event.type for event in handlers)
    assert not set(queue.types) & set(queue.retired)


@queues
def test_every_handler_is_named_after_its_event(queue: WorkQueue, handlers: Handlers) -> None:
    assert queue.name
    names = {
        event.__name__: handler.__name__.removeprefix("on_").replace("_", "") for event, handler in handlers.items()
    }
    assert all(name.lower() == handler for name, handler in names.items())
