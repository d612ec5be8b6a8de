"""What the renderer does about events."""

from collections.abc import Callable, Sequence
from typing import Final

from chassis.amqp import BrokerUnavailableError
from chassis.confirms import Outcome
from chassis.consumer import HandleAll
from chassis.envelope import Envelope
from chassis.logs import caused_by
from chassis.publisher import Publisher
from chassis.topology import WorkQueue
from contracts import MessageEdited, MessagePosted, MessageRendered, UnknownEventError, decode

SOURCE: Final = "/renderer"
QUEUE: Final = WorkQueue(name="renderer.render", types=(MessagePosted.type, MessageEdited.type))


def create_handle_all(render: Callable[[str], str], publisher: Publisher) -> HandleAll:
    """Return what renders the sources of events and publishes the results together."""

    def handle_all(envelopes: Sequence[Envelope]) -> None:
        rendered = [_rendered(envelope, render) for envelope in envelopes]
        outcomes = publisher.publish(rendered)
        if any(outcome is not Outcome.CONFIRMED for outcome in outcomes):
            raise BrokerUnavailableError(
                f"not all renderings were confirmed: {sorted({each.value for each in outcomes})}"
            )

    return handle_all


def _rendered(envelope: Envelope, render: Callable[[str], str]) -> Envelope:
    event = decode(envelope.type, envelope.data)
    if not isinstance(event, MessagePosted | MessageEdited):
        raise UnknownEventError(f"{QUEUE.name} has no use for {envelope.type}")
    with caused_by(envelope.correlation_id):
        return Envelope.around(on_source_changed(event, render), source=SOURCE)


def on_source_changed(event: MessagePosted | MessageEdited, render: Callable[[str], str]) -> MessageRendered:
    """Return what became of the source that a message has at this version."""
    return MessageRendered(message_id=event.message_id, version=event.version, html=render(event.source))
