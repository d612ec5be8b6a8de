"""What push does about events: it tells every client."""

from collections.abc import Callable, Sequence
from typing import Final

from chassis.consumer import HandleAll
from chassis.envelope import Envelope
from chassis.topology import InstanceQueue
from contracts import FeedAdvanced, MessageUpdated, UnknownEventError, UserUpdated, decode
from push.news import Change, News

QUEUE: Final = InstanceQueue(prefix="push", types=(MessageUpdated.type, UserUpdated.type, FeedAdvanced.type))


def create_handle_all(news: News, on_mark: Callable[[FeedAdvanced], object]) -> HandleAll:
    """Return what tells all clients of this replica what has changed.

    Args:
        on_mark: Told of each mark after all that came before it.
    """

    def handle_all(envelopes: Sequence[Envelope]) -> None:
        # All of them are understood before the first counts as told.
        events = [decode(envelope.type, envelope.data) for envelope in envelopes]
        news.tell([_change(event) for event in events if not isinstance(event, FeedAdvanced)])
        for event in events:
            if isinstance(event, FeedAdvanced):
                on_mark(event)

    return handle_all


def _change(event: object) -> Change:
    match event:
        case MessageUpdated():
            return Change("Message", event.message_id, event.version, event.model)
        case UserUpdated():
            return Change("User", event.user_id, event.version, event.model)
        case _:
            raise UnknownEventError(f"push has no use for {event!r}")
