"""What the renderer does about events."""

from collections.abc import Callable
from typing import Final

from chassis.amqp import BrokerUnavailableError
from chassis.confirms import Outcome
from chassis.consumer import Handle
from chassis.envelope import Envelope
from chassis.publisher import Publisher
from chassis.topology import WorkQueue
from contracts import MessageEdited, MessagePosted, MessageRendered, UnknownEventError, decode

SOURCE: Final = "/renderer"
QUEUE: Final = WorkQueue(name="renderer.render", types=(MessagePosted.type, MessageEdited.type))


def create_handle(render: Callable[[str], str], publisher: Publisher) -> Handle:
    """Return what renders the source of an event and publishes the result."""

    def handle(envelope: Envelope) -> None:
        event = decode(envelope.type, envelope.data)
        if not isinstance(event, MessagePosted | MessageEdited):
            raise UnknownEventError(f"{QUEUE.name} has no use for {envelope.type}")
        rendered = on_source_changed(event, render)
        [outcome] = publisher.publish([Envelope.around(rendered, source=SOURCE)])
        if outcome is not Outcome.CONFIRMED:
            raise BrokerUnavailableError(f"{rendered.type} was {outcome.value}")

    return handle


def on_source_changed(event: MessagePosted | MessageEdited, render: Callable[[str], str]) -> MessageRendered:
    """Return what became of the source that a message has at this version."""
    return MessageRendered(message_id=event.message_id, version=event.version, html=render(event.source))
