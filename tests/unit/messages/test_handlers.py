"""What the consumer is asked to do, it does."""

from messages.handlers import HANDLERS, QUEUE


def test_the_queue_takes_what_there_is_a_handler_for() -> None:
    assert QUEUE.types == tuple(event.type for event in HANDLERS)


def test_every_handler_is_named_after_its_event() -> None:
    names = {
        event.__name__: handler.__name__.removeprefix("on_").replace("_", "") for event, handler in HANDLERS.items()
    }
    assert all(name.lower() == handler for name, handler in names.items())
