"""What clients set in motion: told to the broker, and acknowledged once it has confirmed."""

from collections.abc import Sequence
from uuid import UUID

from chassis.amqp import BrokerUnavailableError
from chassis.confirms import Outcome
from chassis.envelope import Envelope
from chassis.publisher import Publisher
from contracts import Event, PostMessageRequested
from push.requests import PostMessage

SOURCE = "/push"
CONFIRM_SECONDS = 5.0


def publish(
    publisher: Publisher,
    events: Sequence[Event],
    *,
    ids: Sequence[str | None] | None = None,
    timeout_seconds: float = CONFIRM_SECONDS,
) -> None:
    """Publish *events* and return once the broker has confirmed them all.

    Args:
        ids: Theirs, in their order; by default new ones.

    Raises:
        BrokerUnavailableError: Nobody knows which of them it has taken.
    """
    pairs = zip(events, ids or [None] * len(events), strict=True)
    envelopes = [Envelope.around(event, source=SOURCE, event_id=event_id) for event, event_id in pairs]
    outcomes = publisher.publish(envelopes, timeout_seconds=timeout_seconds)
    for event, outcome in zip(events, outcomes, strict=True):
        if outcome is not Outcome.CONFIRMED:
            raise BrokerUnavailableError(f"{event.type} was {outcome.value}")


def request_post(publisher: Publisher, *, author_id: int, body: PostMessage, task_id: UUID) -> str:
    """Ask for a message to be posted; return the task by which it is followed.

    Raises:
        BrokerUnavailableError: Nobody knows whether it will be posted.
    """
    event = PostMessageRequested(
        task_id=str(task_id), author_id=author_id, source=body.source, idempotency_key=body.idempotency_key
    )
    publish(publisher, [event], ids=[str(task_id)])
    return f"/api/v1/tasks/{task_id}"
