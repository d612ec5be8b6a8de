"""Events to JSON and back."""

from pydantic import TypeAdapter, ValidationError

from contracts.clients import ClientConnected, ClientDisconnected, PushHeartbeat
from contracts.event import Event
from contracts.feed import FeedAdvanced
from contracts.messages import (
    MessageDeleted,
    MessageEdited,
    MessageLinked,
    MessagePosted,
    MessagePreviewed,
    MessageRendered,
    MessageUpdated,
    PostMessageRequested,
    SlowRenderingRequested,
)
from contracts.sessions import SessionRevoked
from contracts.users import UserUpdated

EVENTS: dict[str, type[Event]] = {
    event.type: event
    for event in (
        ClientConnected,
        ClientDisconnected,
        FeedAdvanced,
        MessageDeleted,
        MessageEdited,
        MessageLinked,
        MessagePosted,
        MessagePreviewed,
        MessageRendered,
        MessageUpdated,
        PostMessageRequested,
        PushHeartbeat,
        SessionRevoked,
        SlowRenderingRequested,
        UserUpdated,
    )
}

_ADAPTERS: dict[str, TypeAdapter[Event]] = {name: TypeAdapter(event) for name, event in EVENTS.items()}


class UnknownEventError(Exception):
    """No event has this type."""


class InvalidEventError(Exception):
    """The data do not have the shape that the event's type promises."""


def encode(event: Event) -> bytes:
    """Return the JSON of *event*, without its type."""
    return _ADAPTERS[event.type].dump_json(event)


def decode(event_type: str, data: bytes) -> Event:
    """Return the event of *event_type* whose JSON is *data*; fields that it does not know are ignored.

    Raises:
        UnknownEventError: There is no such type.
        InvalidEventError: A field is missing or of another type.
    """
    adapter = _ADAPTERS.get(event_type)
    if adapter is None:
        raise UnknownEventError(f"unknown event type {event_type!r}")
    try:
        return adapter.validate_json(data, strict=True)
    except ValidationError as error:
        raise InvalidEventError(f"{event_type}: {error.error_count()} invalid fields") from error
