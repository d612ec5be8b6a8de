"""What clients set in motion: told to the broker, and acknowledged once it has confirmed."""

import json
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from chassis.amqp import BrokerUnavailableError
from chassis.confirms import Outcome
from chassis.envelope import Envelope
from chassis.publisher import Publisher
from contracts import ClientConnected, Event, PostMessageRequested
from push.requests import PostMessage

SOURCE = "/push"
CONFIRM_SECONDS = 5.0


def request_post(publisher: Publisher, *, author_id: int, body: PostMessage) -> str:
    """Ask for a message to be posted; return the task by which it is followed.

    Raises:
        BrokerUnavailableError: Nobody knows whether it will be posted.
    """
    task_id = str(_task_id(author_id, body))
    event = PostMessageRequested(task_id=task_id, author_id=author_id, source=body.source)
    _publish(publisher, event, event_id=task_id)
    return f"/api/v1/tasks/{task_id}"


def tell_connected(publisher: Publisher, *, user_id: int, client_id: str) -> None:
    """Say that *user_id* is there.

    Raises:
        BrokerUnavailableError: Nobody has heard it for sure.
    """
    _publish(publisher, ClientConnected(user_id=user_id, client_id=client_id), event_id=str(uuid4()))


def _task_id(author_id: int, body: PostMessage) -> UUID:
    # The event's id is made of what makes a post the same, so that the inbox drops a repetition.
    if body.idempotency_key is None:
        return uuid4()
    return uuid5(NAMESPACE_URL, json.dumps([author_id, body.idempotency_key, body.source]))


def _publish(publisher: Publisher, event: Event, *, event_id: str) -> None:
    envelope = Envelope.around(event, source=SOURCE, event_id=event_id)
    [outcome] = publisher.publish([envelope], timeout_seconds=CONFIRM_SECONDS)
    if outcome is not Outcome.CONFIRMED:
        raise BrokerUnavailableError(f"{event.type} was {outcome.value}")
