"""The Socket.IO server is put together as push needs it."""

import pytest
from flask import Flask
from flask_socketio import SocketIO
from wsproto.events import AcceptConnection

from push.bootstrap import create_socketio
from push.limits import PACKETS_AT_ONCE
from push.websocket import MAX_MESSAGE_BYTES
from tests.unit.push.conftest import POLLING, WEBSOCKET, Open


@pytest.mark.parametrize("origin", [None, "http://localhost", "https://localhost"])
def test_pages_of_our_own_may_connect(app: Flask, socketio: SocketIO, origin: str | None) -> None:
    assert socketio is not None
    headers = {} if origin is None else {"Origin": origin}
    assert app.test_client().get(POLLING, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://localhost.evil.example", "https://localhost:1", "null"]
)
def test_pages_of_others_may_not(app: Flask, socketio: SocketIO, origin: str) -> None:
    assert socketio is not None
    answer = app.test_client().get(POLLING, headers={"Origin": origin})
    assert answer.status_code == 400
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_pages_that_are_listed_may_and_no_others(app: Flask) -> None:
    create_socketio(app, allowed_origins=frozenset({"https://chat.example"}))
    answers = {
        origin: app.test_client().get(POLLING, headers={"Origin": origin})
        for origin in ("https://chat.example", "http://localhost", "https://chat.example.evil.example", "https://")
    }
    assert [answer.status_code for answer in answers.values()] == [200, 200, 400, 400]
    assert answers["https://chat.example"].headers["Access-Control-Allow-Origin"] == "https://chat.example"
    assert "Access-Control-Allow-Credentials" not in answers["https://chat.example"].headers


BROKEN = {
    "too long": b"4" + b"x" * MAX_MESSAGE_BYTES,
    "of no known kind": b"7",
    "of the server's own kind": b"0{}",
    "without a kind": b"x",
    "empty": b"3\x1e\x1e3",
    "no UTF-8": b"4\xff",
    "too many at once": b"\x1e".join([b"3"] * (PACKETS_AT_ONCE + 1)),
}


@pytest.mark.timeout(30)  # engineio's own way is to wait for ever
@pytest.mark.parametrize("packet", BROKEN.values(), ids=BROKEN)
def test_whoever_sends_broken_packets_is_let_go_at_once(app: Flask, socketio: SocketIO, packet: bytes) -> None:
    assert socketio is not None
    client = app.test_client()
    session_id = client.get(POLLING).text.partition('"sid":"')[2].partition('"')[0]
    assert client.post(f"{POLLING}&sid={session_id}", data=b"40").status_code == 200
    assert client.post(f"{POLLING}&sid={session_id}", data=packet).status_code == 400
    assert client.post(f"{POLLING}&sid={session_id}", data=b"3").status_code == 400


def test_a_websocket_of_engineio_is_ours(open_websocket: Open) -> None:
    client = open_websocket(WEBSOCKET)
    accepted, opened = client.receive(), client.hear()
    assert isinstance(accepted, AcceptConnection)
    assert accepted.extensions == []
    assert f'"maxPayload":{MAX_MESSAGE_BYTES}' in opened
