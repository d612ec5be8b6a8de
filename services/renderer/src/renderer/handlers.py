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


def create_handle_all(render_all: Callable[[Sequence[str]], list[str]], publisher: Publisher) -> HandleAll:
    """Return what renders the sources of events and publishes the results together."""

    def handle_all(envelopes: Sequence[Envelope]) -> None:
        events = [_source_of(envelope) for envelope in envelopes]
        htmls = render_all([event.source for event in events])
        rendered = [_rendered(*each) for each in zip(envelopes, events, htmls, strict=True)]
        outcomes = publisher.publish(rendered)
        if any(outcome is not Outcome.CONFIRMED for outcome in outcomes):
            raise BrokerUnavailableError(
                f"not all renderings were confirmed: {sorted({each.value for each in outcomes})}"
            )

    return handle_all


def _source_of(envelope: Envelope) -> MessagePosted | MessageEdited:
    event = decode(envelope.type, envelope.data)
    if not isinstance(event, MessagePosted | MessageEdited):
        raise UnknownEventError(f"{QUEUE.name} has no use for {envelope.type}")
    return event


def _rendered(cause: Envelope, event: MessagePosted | MessageEdited, html: str) -> Envelope:
    rendered = MessageRendered(message_id=event.message_id, version=event.version, html=html)
    with caused_by(cause.correlation_id):
        return Envelope.around(rendered, source=SOURCE)
