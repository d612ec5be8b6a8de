"""Events keep their meaning on the way through JSON; what is not one is refused."""

import json
import re

import pytest

import contracts
from contracts import (
    EVENTS,
    ClientConnected,
    ClientDisconnected,
    Event,
    FeedAdvanced,
    InvalidEventError,
    MessageDeleted,
    MessageEdited,
    MessageLinked,
    MessagePosted,
    MessagePreviewed,
    MessageRendered,
    MessageUpdated,
    PostMessageRequested,
    Preview,
    PushHeartbeat,
    SessionRevoked,
    SlowRenderingRequested,
    UnknownEventError,
    UserUpdated,
    decode,
    encode,
)

EVENT_TYPE = re.compile(r"[a-z_]+(\.[a-z_]+)?\.v[1-9][0-9]*")
BROADCASTS = {FeedAdvanced, MessageUpdated, SessionRevoked, UserUpdated}

# What is on the wire between services of different ages: a change here wants a new version of the type.
ON_THE_WIRE: list[tuple[str, Event, str]] = [
    (
        "client.connected.v1",
        ClientConnected(client_id="c-1", user_id=1, replica="r-1"),
        '{"client_id":"c-1","user_id":1,"replica":"r-1"}',
    ),
    (
        "client.disconnected.v1",
        ClientDisconnected(client_id="c-1", user_id=1, replica="r-1"),
        '{"client_id":"c-1","user_id":1,"replica":"r-1"}',
    ),
    (
        "push.heartbeat.v1",
        PushHeartbeat(replica="r-1", client_count=3),
        '{"replica":"r-1","client_count":3}',
    ),
    (
        "feed.advanced.v1",
        FeedAdvanced(cursor="2.eyJl", epoch="9f0c"),
        '{"cursor":"2.eyJl","epoch":"9f0c"}',
    ),
    (
        "message.posted.v1",
        MessagePosted(message_id=7, version=1, author_id=2, source="grüß *dich*"),
        '{"message_id":7,"version":1,"author_id":2,"source":"grüß *dich*"}',
    ),
    (
        "message.edited.v1",
        MessageEdited(message_id=7, version=3, author_id=2, source="hello"),
        '{"message_id":7,"version":3,"author_id":2,"source":"hello"}',
    ),
    (
        "message.rendered.v1",
        MessageRendered(message_id=7, version=3, html="<p>hello</p>", links=("http://a.example/",)),
        '{"message_id":7,"version":3,"html":"<p>hello</p>","links":["http://a.example/"],"failed":false}',
    ),
    (
        "render_slowly.v1",
        SlowRenderingRequested(message_id=7, version=3, source="hello"),
        '{"message_id":7,"version":3,"source":"hello"}',
    ),
    (
        "message.linked.v1",
        MessageLinked(message_id=7, version=3, links=("http://a.example/",)),
        '{"message_id":7,"version":3,"links":["http://a.example/"]}',
    ),
    (
        "message.previewed.v1",
        MessagePreviewed(message_id=7, version=3, previews=(Preview(url="http://a.example/", title="A"),)),
        (
            '{"message_id":7,"version":3,"previews":[{"url":"http://a.example/","title":"A","description":null,'
            '"site_name":null,"image_url":null}]}'
        ),
    ),
    (
        "message.updated.v1",
        MessageUpdated(message_id=7, version=4, model={"id": 7, "previews": [], "deleted": False}),
        '{"message_id":7,"version":4,"model":{"id":7,"previews":[],"deleted":false}}',
    ),
    (
        "post_message.v1",
        PostMessageRequested(task_id="t-1", author_id=2, source="hello", idempotency_key="k-1"),
        '{"task_id":"t-1","author_id":2,"source":"hello","idempotency_key":"k-1"}',
    ),
    (
        "message.deleted.v1",
        MessageDeleted(message_id=7, version=4),
        '{"message_id":7,"version":4}',
    ),
    (
        "session.revoked.v1",
        SessionRevoked(session_id="s-1", user_id=2, expires_at=1_700_000_000),
        '{"session_id":"s-1","user_id":2,"expires_at":1700000000}',
    ),
    (
        "user.updated.v1",
        UserUpdated(user_id=2, version=3, model={"nickname": "ann", "_links": {"self": "/api/v1/users/2"}}),
        '{"user_id":2,"model":{"nickname":"ann","_links":{"self":"/api/v1/users/2"}},"version":3}',
    ),
]
wire = pytest.mark.parametrize(("event_type", "event", "data"), ON_THE_WIRE, ids=[row[0] for row in ON_THE_WIRE])

POSTED = {"message_id": 7, "version": 1, "author_id": 2, "source": "hello"}
WRONG_DATA: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "no UTF-8": b'{"source":"\xff"}',
    "null": b"null",
    "an array": b"[]",
    "a field too few": json.dumps({key: POSTED[key] for key in POSTED if key != "version"}).encode(),
    "text for a number": json.dumps({**POSTED, "version": "1"}).encode(),
    "a fraction for a number": json.dumps({**POSTED, "version": 1.5}).encode(),
    "a truth for a number": json.dumps({**POSTED, "version": True}).encode(),
    "a number for text": json.dumps({**POSTED, "source": 1}).encode(),
    "null for text": json.dumps({**POSTED, "source": None}).encode(),
    "half a surrogate pair": json.dumps({**POSTED, "source": "\ud800"}).encode(),
    "a nest without a bottom": b"[" * 100_000,
}


@wire
def test_an_event_is_written_as_the_other_services_expect_it(event_type: str, event: Event, data: str) -> None:
    assert event.type == event_type
    assert encode(event).decode() == data


@wire
def test_an_event_is_read_as_it_was_written(event_type: str, event: Event, data: str) -> None:
    assert decode(event_type, data.encode()) == event


def test_every_event_that_is_exported_can_be_read() -> None:
    exported = [getattr(contracts, name) for name in contracts.__all__]
    kinds = {each for each in exported if isinstance(each, type) and issubclass(each, Event)} - {Event}
    assert kinds == set(EVENTS.values())


@pytest.mark.parametrize("event_type", EVENTS)
def test_a_type_names_what_happened_and_its_version(event_type: str) -> None:
    assert EVENT_TYPE.fullmatch(event_type)


@pytest.mark.parametrize("kind", [type(event) for _, event, _ in ON_THE_WIRE])
def test_only_what_running_instances_care_for_is_broadcast(kind: type[Event]) -> None:
    assert kind.broadcast == (kind in BROADCASTS)


def test_an_event_does_not_change() -> None:
    event = MessageRendered(message_id=1, version=1, html="")
    with pytest.raises(AttributeError):
        event.version = 2  # type: ignore[misc]


def test_fields_of_a_later_age_are_ignored() -> None:
    data = json.dumps({**POSTED, "mood": "merry"}).encode()
    assert decode("message.posted.v1", data) == MessagePosted(message_id=7, version=1, author_id=2, source="hello")


@pytest.mark.parametrize("data", WRONG_DATA.values(), ids=WRONG_DATA)
def test_data_of_another_shape_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidEventError):
        decode("message.posted.v1", data)


def test_a_refusal_does_not_repeat_the_data() -> None:
    with pytest.raises(InvalidEventError) as refusal:
        decode("message.posted.v1", json.dumps({**POSTED, "version": "hunter2"}).encode())
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("event_type", ["", "message.posted", "message.posted.v2", "MESSAGE.POSTED.V1"])
def test_a_type_that_nobody_made_is_refused(event_type: str) -> None:
    with pytest.raises(UnknownEventError):
        decode(event_type, b"{}")
