"""What clients set in motion: told to the broker, and acknowledged once it has confirmed."""

from uuid import UUID, uuid4

from chassis.amqp import BrokerUnavailableError
from chassis.confirms import Outcome
from chassis.envelope import Envelope
from chassis.publisher import Publisher
from contracts import ClientConnected, Event, PostMessageRequested
from push.requests import PostMessage

SOURCE = "/push"
CONFIRM_SECONDS = 5.0


def request_post(publisher: Publisher, *, author_id: int, body: PostMessage, task_id: UUID) -> str:
    """Ask for a message to be posted; return the task by which it is followed.

    Raises:
        BrokerUnavailableError: Nobody knows whether it will be posted.
    """
    event = PostMessageRequested(
        task_id=str(task_id), author_id=author_id, source=body.source, idempotency_key=body.idempotency_key
    )
    _publish(publisher, event, event_id=str(task_id))
    return f"/api/v1/tasks/{task_id}"


def tell_connected(publisher: Publisher, *, user_id: int, client_id: str) -> None:
    """Say that *user_id* is there.

    Raises:
        BrokerUnavailableError: Nobody has heard it for sure.
    """
    _publish(publisher, ClientConnected(user_id=user_id, client_id=client_id), event_id=str(uuid4()))


def _publish(publisher: Publisher, event: Event, *, event_id: str) -> None:
    envelope = Envelope.around(event, source=SOURCE, event_id=event_id)
    [outcome] = publisher.publish([envelope], timeout_seconds=CONFIRM_SECONDS)
    if outcome is not Outcome.CONFIRMED:
        raise BrokerUnavailableError(f"{event.type} was {outcome.value}")
