"""What a client asks for is told to the broker, and acknowledged once it has confirmed."""

from uuid import uuid4

import pytest

from chassis.amqp import BrokerUnavailableError
from chassis.confirms import Outcome
from chassis.testing import RecordingPublisher
from contracts import PostMessageRequested, decode
from push.commands import request_post
from push.requests import PostMessage

TASK = uuid4()


def body(source: str = "hello", key: str | None = None) -> PostMessage:
    return PostMessage(source=source, idempotency_key=key)


def test_a_post_is_asked_for(publisher: RecordingPublisher) -> None:
    task = request_post(publisher, author_id=1, body=body(key="k-1"), task_id=TASK)
    [envelope] = publisher.published
    assert decode(envelope.type, envelope.data) == PostMessageRequested(
        task_id=str(TASK), author_id=1, source="hello", idempotency_key="k-1"
    )
    assert (envelope.source, envelope.id) == ("/push", str(TASK))
    assert task == f"/api/v1/tasks/{TASK}"


@pytest.mark.parametrize("outcome", [None, Outcome.REFUSED, Outcome.UNROUTABLE])
def test_what_the_broker_did_not_take_is_not_promised(outcome: Outcome | None) -> None:
    with pytest.raises(BrokerUnavailableError):
        request_post(RecordingPublisher(outcome), author_id=1, body=body(), task_id=TASK)
