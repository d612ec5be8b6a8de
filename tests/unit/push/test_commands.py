"""What a client asks for is told to the broker, and acknowledged once it has confirmed."""

from collections.abc import Callable
from uuid import UUID

import pytest

from chassis.amqp import BrokerUnavailableError
from chassis.confirms import Outcome
from chassis.testing import RecordingPublisher
from contracts import ClientConnected, PostMessageRequested, decode
from push.commands import request_post, tell_connected
from push.requests import PostMessage

TASKS = "/api/v1/tasks/"


def body(source: str = "hello", key: str | None = None) -> PostMessage:
    return PostMessage(source=source, idempotency_key=key)


def post(body: PostMessage, *, author_id: int = 1) -> str:
    return request_post(RecordingPublisher(), author_id=author_id, body=body)


def test_a_post_is_asked_for(publisher: RecordingPublisher) -> None:
    task = request_post(publisher, author_id=1, body=body())
    [envelope] = publisher.published
    event = decode(envelope.type, envelope.data)
    assert event == PostMessageRequested(task_id=task.removeprefix(TASKS), author_id=1, source="hello")
    assert envelope.source == "/push"


def test_a_post_is_followed_by_its_task() -> None:
    assert UUID(post(body()).removeprefix(TASKS))


def test_two_posts_are_two_tasks() -> None:
    assert post(body()) != post(body())


def test_a_post_that_is_repeated_with_its_key_is_the_same_event() -> None:
    publisher = RecordingPublisher()
    tasks = {request_post(publisher, author_id=1, body=body(key="k-1")) for _ in range(2)}
    assert len(tasks) == 1
    assert len({envelope.id for envelope in publisher.published}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (body("hello", "k-1"), body("hello", "k-2")),
        (body("hello", "k-1"), body("hullo", "k-1")),
        (body("b\nc", "a"), body("c", "a\nb")),
        (body('b", "c', "a"), body("c", 'a", "b')),
    ],
)
def test_another_key_or_another_source_is_another_post(one: PostMessage, other: PostMessage) -> None:
    assert post(one) != post(other)


def test_two_people_may_use_the_same_key() -> None:
    assert post(body(key="k-1"), author_id=1) != post(body(key="k-1"), author_id=2)


def test_somebody_is_there(publisher: RecordingPublisher) -> None:
    tell_connected(publisher, user_id=1, client_id="c-1")
    [envelope] = publisher.published
    assert decode(envelope.type, envelope.data) == ClientConnected(user_id=1, client_id="c-1")


def test_somebody_who_shows_it_twice_is_heard_twice(publisher: RecordingPublisher) -> None:
    for _ in range(2):
        tell_connected(publisher, user_id=1, client_id="c-1")
    assert len({envelope.id for envelope in publisher.published}) == 2


ASKING: list[Callable[[RecordingPublisher], object]] = [
    lambda publisher: request_post(publisher, author_id=1, body=body()),
    lambda publisher: tell_connected(publisher, user_id=1, client_id="c-1"),
]


@pytest.mark.parametrize("ask", ASKING, ids=["post", "presence"])
@pytest.mark.parametrize("outcome", [None, Outcome.REFUSED, Outcome.UNROUTABLE])
def test_what_the_broker_did_not_take_is_not_promised(
    ask: Callable[[RecordingPublisher], object], outcome: Outcome | None
) -> None:
    with pytest.raises(BrokerUnavailableError):
        ask(RecordingPublisher(outcome))
