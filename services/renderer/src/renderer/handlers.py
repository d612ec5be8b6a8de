"""What the renderer does about events."""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from chassis.amqp import BrokerUnavailableError
from chassis.confirms import Outcome
from chassis.consumer import Handle, HandleAll
from chassis.envelope import Envelope
from chassis.logs import caused_by
from chassis.publisher import Publisher
from chassis.topology import WorkQueue
from contracts import (
    Event,
    MessageEdited,
    MessageLinked,
    MessagePosted,
    MessagePreviewed,
    MessageRendered,
    Preview,
    SlowRenderingRequested,
    UnknownEventError,
    decode,
)
from renderer.domain import Rendering
from renderer.rendering import SLOW_AT_ONCE, as_text

SOURCE: Final = "/renderer"
QUEUE: Final = WorkQueue(name="renderer.render", types=(MessagePosted.type, MessageEdited.type))
SLOW_QUEUE: Final = WorkQueue(name="renderer.slow", types=(SlowRenderingRequested.type,), prefetch=SLOW_AT_ONCE)
PREVIEW_QUEUE: Final = WorkQueue(name="renderer.preview", types=(MessageLinked.type,), prefetch=64)

WithSource: TypeAlias = MessagePosted | MessageEdited | SlowRenderingRequested
Told: TypeAlias = tuple[Envelope, Sequence[Event]]


def create_handle_all(
    render_quickly: Callable[[Sequence[str]], list[Rendering | None]], publisher: Publisher, *, previews_enabled: bool
) -> HandleAll:
    """Return what renders the sources of events and publishes the results together.

    What takes too long is left to whoever consumes `SLOW_QUEUE`.
    """

    def handle_all(envelopes: Sequence[Envelope]) -> None:
        events = [_source_of(envelope) for envelope in envelopes]
        renderings = render_quickly([event.source for event in events])
        told = [
            _rendered(event, rendering, previews_enabled=previews_enabled) if rendering else [_slow(event)]
            for event, rendering in zip(events, renderings, strict=True)
        ]
        _publish(publisher, list(zip(envelopes, told, strict=True)))

    return handle_all


def create_handle_slow(
    render_slowly: Callable[[str], Rendering | None], publisher: Publisher, *, previews_enabled: bool
) -> Handle:
    """Return what renders a source that takes long and publishes the result, or its text when that cannot be done."""

    def handle(envelope: Envelope) -> None:
        event = _source_of(envelope)
        if rendering := render_slowly(event.source):
            told = _rendered(event, rendering, previews_enabled=previews_enabled)
        else:
            told = _failed(event)
        _publish(publisher, [(envelope, told)])

    return handle


def create_handle_linked(preview_all: Callable[[Sequence[str]], Sequence[Preview]], publisher: Publisher) -> Handle:
    """Return what looks at the links of a message and publishes what they lead to, if that is anything."""

    def handle(envelope: Envelope) -> None:
        event = decode(envelope.type, envelope.data)
        if not isinstance(event, MessageLinked):
            raise UnknownEventError(f"{PREVIEW_QUEUE.name} has no use for {envelope.type}")
        if previews := tuple(preview_all(event.links)):
            previewed = MessagePreviewed(message_id=event.message_id, version=event.version, previews=previews)
            _publish(publisher, [(envelope, [previewed])])

    return handle


def _source_of(envelope: Envelope) -> WithSource:
    event = decode(envelope.type, envelope.data)
    if not isinstance(event, WithSource):
        raise UnknownEventError(f"The renderer has no use for {envelope.type}")
    return event


def _slow(event: WithSource) -> SlowRenderingRequested:
    return SlowRenderingRequested(message_id=event.message_id, version=event.version, source=event.source)


def _rendered(event: WithSource, rendering: Rendering, *, previews_enabled: bool, failed: bool = False) -> list[Event]:
    of = {"message_id": event.message_id, "version": event.version}
    rendered = MessageRendered(**of, html=rendering.html, links=rendering.links, failed=failed)
    wants_previews = previews_enabled and rendering.links
    return [rendered, MessageLinked(**of, links=rendering.links)] if wants_previews else [rendered]


def _failed(event: WithSource) -> list[Event]:
    return _rendered(event, as_text(event.source), previews_enabled=False, failed=True)


def _publish(publisher: Publisher, told: Sequence[Told]) -> None:
    events = [(cause, event) for cause, events in told for event in events]
    outcomes = publisher.publish([_around(event, cause) for cause, event in events])
    refused: list[Told] = []
    for (cause, event), outcome in zip(events, outcomes, strict=True):
        if outcome is Outcome.REFUSED and isinstance(event, SlowRenderingRequested):
            # Where too much that takes long waits already, it must not hold back what does not.
            refused.append((cause, _failed(event)))
        elif not _is_settled(event, outcome):
            raise BrokerUnavailableError(f"not confirmed: {event.type}")
    if refused:
        _publish(publisher, refused)


def _around(event: Event, cause: Envelope) -> Envelope:
    with caused_by(cause.correlation_id):
        return Envelope.around(event, source=SOURCE)


def _is_settled(event: Event, outcome: Outcome) -> bool:
    # Where nobody makes previews, or not as fast as they are wanted, rather none than no rendering.
    return outcome is Outcome.CONFIRMED or isinstance(event, MessageLinked)
