"""Whatever a client sends it is answered, and its connection stays."""

from typing import Any

import pytest
from flask import Flask, request
from flask_socketio import ConnectionRefusedError as RefusedError
from flask_socketio import SocketIO

from chassis.confirms import Outcome
from chassis.internal import RefusedError as RefusedByAnotherError
from chassis.testing import RecordingPublisher
from chassis.tokens import TokenRejectedError
from contracts import ClientConnected, ClientDisconnected, Event, PostMessageRequested, PushHeartbeat, decode
from push.clients import Clients
from push.limits import EVENTS_AT_ONCE, Limits
from push.presence import Presence
from push.sockets import ASKED
from push.syncing import SyncUnavailableError
from tests.unit.push.conftest import Auth, Connect, CreateSockets
from tests.unit.push.pages import Missed, message

HELLO = {"source": "hello"}

NO_TOKENS: dict[str, Any] = {
    "a number": 7,
    "a truth": True,
    "an array": ["ANN"],
    "an object": {"token": "ANN"},
}
WRONG_TOKENS: dict[str, str] = {
    "wrong": "x.y.z",
    "huge": "x" * 20_000,
    "not ASCII": "ключ",
    "another case": "ann",
    "half a surrogate pair": "\ud800",
    "NUL": "ANN\0",
}
NO_MESSAGES: dict[str, list[Any]] = {
    "nothing": [],
    "null": [None],
    "text": ["hello"],
    "a number": [7],
    "an array": [["hello"]],
    "no source": [{}],
    "null for the source": [{"source": None}],
    "a number for the source": [{"source": 7}],
    "an empty source": [{"source": ""}],
    "a source that is too long": [{"source": "x" * 8001}],
    "NUL in the source": [{"source": "a\0"}],
    "half a surrogate pair in the source": [{"source": "\ud800"}],
    "half a surrogate pair for a key": [{"source": "hello", "idempotency_key": "\ud800"}],
    "a number for a key": [{"source": "hello", "idempotency_key": 7}],
}


def told(publisher: RecordingPublisher) -> list[Event]:
    return [decode(envelope.type, envelope.data) for envelope in publisher.published]


def problem_of(answer: Any) -> tuple[int, str]:
    assert answer["ok"] is False
    assert set(answer) == {"ok", "problem"}
    assert answer["problem"]["detail"]
    return answer["problem"]["status"], answer["problem"]["type"].removeprefix("/problems/")


# Connecting


def test_whoever_has_no_token_is_let_in_to_read(
    connect: Connect, publisher: RecordingPublisher, clients: Clients
) -> None:
    assert connect().is_connected()
    assert len(clients) == 1
    assert told(publisher) == []


@pytest.mark.parametrize("given", [{}, {"token": None}, {"token": ""}, {"mood": "merry"}])
def test_there_is_more_than_one_way_to_have_no_token(connect: Connect, given: Any) -> None:
    assert connect(given).is_connected()


def test_whoever_has_a_good_token_is_there(
    connect: Connect, publisher: RecordingPublisher, clients: Clients, presence: Presence
) -> None:
    assert connect({"token": "ANN"}).is_connected()
    assert told(publisher) == []
    presence.tell()
    [event] = [event for event in told(publisher) if isinstance(event, ClientConnected)]
    assert (event.user_id, event.replica) == (1, presence.replica)
    assert clients.token_of(event.client_id) == "ANN"


@pytest.mark.parametrize("token", WRONG_TOKENS.values(), ids=WRONG_TOKENS)
def test_a_wrong_token_is_refused(connect: Connect, clients: Clients, token: str) -> None:
    assert not connect({"token": token}).is_connected()
    assert len(clients) == 0


@pytest.mark.parametrize("token", [7, True, ["ANN"], {"token": "ANN"}])
def test_what_is_no_token_is_refused(connect: Connect, clients: Clients, token: Any) -> None:
    assert not connect({"token": token}).is_connected()
    assert len(clients) == 0


@pytest.mark.parametrize("given", ["ANN", ["ANN"]])
def test_what_is_no_object_is_refused(connect: Connect, given: Any) -> None:
    assert not connect(given).is_connected()


def test_a_token_that_cannot_be_checked_is_refused_for_now(connect: Connect) -> None:
    assert not connect({"token": "KEYS"}).is_connected()


def test_a_refusal_is_a_problem(app: Flask, create_sockets: CreateSockets) -> None:
    sockets = create_sockets()
    with app.test_request_context():
        request.sid = "c-1"  # type: ignore[attr-defined]
        with pytest.raises(RefusedError) as refusal:
            sockets.connect({"token": "x.y.z"})
    assert refusal.value.error_args["data"]["type"] == "/problems/token-rejected"


def test_a_fault_of_ours_is_a_refusal_too(connect: Connect, auth: Auth, clients: Clients) -> None:
    auth.error = ZeroDivisionError("hunter2")
    assert not connect({"token": "ANN"}).is_connected()
    assert len(clients) == 0


def test_a_broker_that_is_away_keeps_nobody_from_reading(connect: Connect, publisher: RecordingPublisher) -> None:
    publisher.outcome = None
    assert connect({"token": "ANN"}).is_connected()


def test_where_nobody_reads_anonymously_a_token_is_needed(
    app: Flask, socketio: SocketIO, create_sockets: CreateSockets
) -> None:
    create_sockets(anonymous_read=False).register(socketio)
    assert not socketio.test_client(app).is_connected()
    assert not socketio.test_client(app, auth={"token": ""}).is_connected()
    assert socketio.test_client(app, auth={"token": "ANN"}).is_connected()


def test_whoever_leaves_is_forgotten(
    connect: Connect, clients: Clients, presence: Presence, publisher: RecordingPublisher
) -> None:
    client = connect({"token": "ANN"})
    presence.tell()
    client.disconnect()
    assert len(clients) == 0
    presence.tell()
    come, gone = told(publisher)[-2:]
    assert isinstance(come, ClientConnected)
    assert gone == ClientDisconnected(client_id=come.client_id, user_id=1, replica=presence.replica)


def test_whoever_leaves_while_their_token_is_checked_was_never_there(
    connect: Connect, clients: Clients, presence: Presence, publisher: RecordingPublisher, auth: Auth
) -> None:
    client = connect()
    auth.meanwhile = client.disconnect
    client.emit("authenticate", "ANN", callback=True)
    presence.tell()
    assert len(clients) == 0
    assert [type(event) for event in told(publisher)] == [PushHeartbeat]


# Posting


def test_a_post_is_acknowledged_with_its_task(connect: Connect, publisher: RecordingPublisher) -> None:
    answer = connect({"token": "ANN"}).emit("post_message", HELLO, callback=True)
    posted = told(publisher)[-1]
    assert isinstance(posted, PostMessageRequested)
    assert (posted.author_id, posted.source) == (1, "hello")
    assert answer == {"ok": True, "task": f"/api/v1/tasks/{posted.task_id}"}


def test_a_post_may_bring_its_own_token(connect: Connect, publisher: RecordingPublisher) -> None:
    for client in (connect(), connect({"token": "ANN"})):
        assert client.emit("post_message", HELLO, "BOB", callback=True)["ok"]
    authors = [event.author_id for event in told(publisher) if isinstance(event, PostMessageRequested)]
    assert authors == [2, 2]


def test_a_post_without_any_token_is_refused(connect: Connect, publisher: RecordingPublisher) -> None:
    for token in ([], [None], [""]):
        answer = connect().emit("post_message", HELLO, *token, callback=True)
        assert problem_of(answer) == (401, "not-authenticated")
    assert told(publisher) == []


@pytest.mark.parametrize("arguments", NO_MESSAGES.values(), ids=NO_MESSAGES)
def test_what_is_no_message_is_refused(connect: Connect, publisher: RecordingPublisher, arguments: list[Any]) -> None:
    client = connect({"token": "ANN"})
    assert problem_of(client.emit("post_message", *arguments, callback=True)) == (400, "invalid-fields")
    assert client.emit("ping_user", callback=True) == {"ok": True}
    assert not any(isinstance(event, PostMessageRequested) for event in told(publisher))


def test_a_refusal_says_which_field_is_wrong(connect: Connect) -> None:
    answer = connect({"token": "ANN"}).emit("post_message", {"source": 7}, callback=True)
    assert [each["field"] for each in answer["problem"]["errors"]] == ["source"]


@pytest.mark.parametrize("outcome", [None, Outcome.REFUSED, Outcome.UNROUTABLE])
def test_a_post_that_the_broker_did_not_take_is_not_acknowledged(
    connect: Connect, publisher: RecordingPublisher, outcome: Outcome | None
) -> None:
    client = connect({"token": "ANN"})
    publisher.outcome = outcome
    answer = client.emit("post_message", HELLO, callback=True)
    assert problem_of(answer) == (503, "unavailable")


def test_more_arguments_than_expected_do_no_harm(connect: Connect) -> None:
    assert connect().emit("post_message", HELLO, "ANN", 3, {"x": "y"}, callback=True)["ok"]


# Being there


@pytest.mark.parametrize("arguments", [[], [None], [""], ["ANN"], ["ANN", 7]], ids=repr)
def test_a_ping_shows_that_somebody_is_there(
    connect: Connect, publisher: RecordingPublisher, arguments: list[Any]
) -> None:
    client = connect({"token": "ANN"})
    publisher.published.clear()
    assert client.emit("ping_user", *arguments, callback=True) == {"ok": True}
    [event] = told(publisher)
    assert isinstance(event, ClientConnected)
    assert event.user_id == 1


def test_nobody_is_not_there(connect: Connect, publisher: RecordingPublisher) -> None:
    assert problem_of(connect().emit("ping_user", callback=True)) == (401, "not-authenticated")
    assert told(publisher) == []


# Coming back


@pytest.mark.parametrize("token", [None, {"token": "ANN"}])
def test_whoever_comes_back_is_told_what_they_missed(connect: Connect, missed: Missed, token: Any) -> None:
    answer = connect(token).emit("sync", {"cursor": "c-0"}, callback=True)
    assert answer == {"ok": True, "messages": [message(1)], "users": [], "cursor": "c-1", "more": False}
    assert missed.asked == ["c-0"]


@pytest.mark.parametrize("arguments", [[], [None], [{}], [{"cursor": None}], [{"cursor": ""}]], ids=repr)
def test_whoever_comes_for_the_first_time_begins_as_the_lists_do(
    connect: Connect, missed: Missed, arguments: list[Any]
) -> None:
    assert connect().emit("sync", *arguments, callback=True)["ok"]
    assert missed.asked == [None]


NO_CURSORS: list[Any] = [7, "c-0", ["c-0"], True, {"cursor": 7}, {"cursor": ["c"]}, {"cursor": "\ud800"}]


@pytest.mark.parametrize("given", [*NO_CURSORS, {"cursor": "x" * 2001}], ids=lambda given: repr(given)[:20])
def test_what_is_no_cursor_is_refused(connect: Connect, missed: Missed, given: Any) -> None:
    client = connect()
    assert problem_of(client.emit("sync", given, callback=True)) == (400, "invalid-fields")
    assert missed.asked == []
    assert client.is_connected()


def test_what_messages_refuses_is_told_as_it_is(connect: Connect, missed: Missed) -> None:
    problem = {"type": "/problems/cursor-expired", "status": 400, "detail": "Please begin without one."}
    missed.error = RefusedByAnotherError(problem)
    client = connect()
    assert client.emit("sync", {"cursor": "c-0"}, callback=True) == {"ok": False, "problem": problem}
    assert client.is_connected()


def test_whoever_cannot_be_answered_now_is_told_when_to_ask_again(connect: Connect, missed: Missed) -> None:
    missed.error = SyncUnavailableError("too many at once")
    answer = connect().emit("sync", {}, callback=True)
    assert problem_of(answer) == (503, "unavailable")
    assert answer["problem"]["retry_after_seconds"] >= 1


def test_where_nobody_reads_anonymously_nobody_is_told_after_their_token_has_ended(
    app: Flask, socketio: SocketIO, create_sockets: CreateSockets, auth: Auth, missed: Missed
) -> None:
    create_sockets(anonymous_read=False).register(socketio)
    client = socketio.test_client(app, auth={"token": "ANN"})
    assert client.emit("sync", {}, callback=True)["ok"]
    auth.error = TokenRejectedError("The session of this token has ended.")
    assert problem_of(client.emit("sync", {}, callback=True)) == (401, "token-rejected")
    assert len(missed.asked) == 1


# Tokens


def test_whoever_authenticates_posts_from_then_on_and_is_there(
    connect: Connect, presence: Presence, publisher: RecordingPublisher
) -> None:
    client = connect()
    assert client.emit("authenticate", "ANN", callback=True) == {"ok": True}
    assert client.emit("post_message", HELLO, callback=True)["ok"]
    presence.tell()
    assert [event.user_id for event in told(publisher) if isinstance(event, ClientConnected)] == [1]


@pytest.mark.parametrize("arguments", [[], [None], [""]], ids=repr)
def test_nobody_authenticates_without_a_token(connect: Connect, arguments: list[Any]) -> None:
    answer = connect({"token": "ANN"}).emit("authenticate", *arguments, callback=True)
    assert problem_of(answer) == (401, "not-authenticated")


def test_a_wrong_token_does_not_replace_a_good_one(connect: Connect) -> None:
    client = connect({"token": "ANN"})
    assert problem_of(client.emit("authenticate", "x.y.z", callback=True)) == (401, "token-rejected")
    assert client.emit("ping_user", callback=True) == {"ok": True}


def test_a_token_that_has_expired_since_is_refused(connect: Connect, auth: Auth) -> None:
    client = connect({"token": "ANN"})
    auth.error = TokenRejectedError("The session of this token has ended.")
    assert problem_of(client.emit("post_message", HELLO, callback=True)) == (401, "token-rejected")
    assert client.is_connected()


EVENTS = {"post_message": [HELLO], "ping_user": [], "authenticate": []}
events = pytest.mark.parametrize(("event", "arguments"), EVENTS.items(), ids=EVENTS)


@events
@pytest.mark.parametrize("token", NO_TOKENS.values(), ids=NO_TOKENS)
def test_what_is_no_token_is_invalid_everywhere(connect: Connect, event: str, arguments: list[Any], token: Any) -> None:
    client = connect({"token": "ANN"})
    assert problem_of(client.emit(event, *arguments, token, callback=True)) == (400, "invalid-fields")
    assert client.is_connected()


@events
@pytest.mark.parametrize("token", WRONG_TOKENS.values(), ids=WRONG_TOKENS)
def test_a_wrong_token_is_rejected_everywhere(connect: Connect, event: str, arguments: list[Any], token: str) -> None:
    client = connect({"token": "ANN"})
    assert problem_of(client.emit(event, *arguments, token, callback=True)) == (401, "token-rejected")
    assert client.is_connected()


@events
def test_a_token_that_cannot_be_checked_may_come_again(connect: Connect, event: str, arguments: list[Any]) -> None:
    assert problem_of(connect().emit(event, *arguments, "KEYS", callback=True)) == (503, "unavailable")


@events
def test_a_fault_of_ours_is_told_and_tells_nothing(
    connect: Connect, auth: Auth, event: str, arguments: list[Any]
) -> None:
    client = connect()
    auth.error = ZeroDivisionError("hunter2")
    answer = client.emit(event, *arguments, "ANN", callback=True)
    assert problem_of(answer) == (500, "internal-error")
    assert "hunter2" not in str(answer)
    assert client.is_connected()


def test_all_that_may_be_asked_has_a_handler_and_nothing_else_has(connect: Connect, socketio: SocketIO) -> None:
    connect()
    assert set(socketio.server.handlers["/"]) == {"connect", "disconnect", "*", *ASKED}


def test_whoever_wants_no_answer_gets_none(connect: Connect) -> None:
    client = connect()
    assert client.emit("post_message", 7) is None
    assert client.is_connected()


@pytest.mark.parametrize("event", ["shout", "", "message", "\ud800", "constructor", "x" * 20_000], ids=ascii)
def test_an_event_that_nobody_knows_is_refused(connect: Connect, event: str) -> None:
    client = connect({"token": "ANN"})
    assert problem_of(client.emit(event, 7, callback=True)) == (404, "unknown-event")
    assert client.emit("ping_user", callback=True) == {"ok": True}


# Asking too much


def test_whoever_asks_too_much_is_told_when_to_come_back(connect: Connect, limits: Limits) -> None:
    flooding, other = connect({"token": "ANN"}), connect({"token": "BOB"})
    answers = [flooding.emit("ping_user", callback=True) for _ in range(EVENTS_AT_ONCE)]
    assert answers == [{"ok": True}] * EVENTS_AT_ONCE
    for event in ("ping_user", "post_message", "authenticate", "shout"):
        answer = flooding.emit(event, callback=True)
        assert problem_of(answer) == (429, "too-many-requests")
        assert answer["problem"]["retry_after_seconds"] == 1
    assert flooding.is_connected()
    assert other.emit("ping_user", callback=True) == {"ok": True}
    assert len(limits) == 2


def test_nothing_is_kept_of_who_has_left_or_was_refused(connect: Connect, limits: Limits) -> None:
    connect({"token": "ANN"}).disconnect()
    connect({"token": "x.y.z"})
    assert len(limits) == 0


def test_where_there_are_no_limits_nobody_is_told_to_slow_down(
    app: Flask, socketio: SocketIO, create_sockets: CreateSockets
) -> None:
    create_sockets(limits=Limits(is_enabled=False)).register(socketio)
    client = socketio.test_client(app, auth={"token": "ANN"})
    answers = [client.emit("ping_user", callback=True) for _ in range(EVENTS_AT_ONCE * 2)]
    assert answers == [{"ok": True}] * EVENTS_AT_ONCE * 2
