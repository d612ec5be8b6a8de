"""Whoever is connected hears that their token has ended, and goes on reading where anybody may."""

from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIO, SocketIOTestClient

from chassis.testing import RecordingPublisher
from contracts import ClientDisconnected, decode
from push.clients import Clients
from push.expiry import Expiry
from push.presence import Presence
from tests.unit.push.conftest import Auth, Connect

NEVER, ALWAYS = 0.0, 3_000_000_000.0


class Time:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = NEVER

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def expiry(socketio: SocketIO, clients: Clients, presence: Presence, time: Time) -> Expiry:
    return Expiry(socketio, clients, presence, anonymous_read=True, clock=time)


def heard(client: SocketIOTestClient) -> list[str]:
    return [each["name"] for each in client.get_received()]


def may_post(client: SocketIOTestClient) -> bool:
    answer: Any = client.emit("post_message", {"source": "hello"}, callback=True)
    return bool(answer["ok"])


def test_the_clients_of_a_session_that_ended_hear_of_it_and_no_others(connect: Connect, expiry: Expiry) -> None:
    anns, others = [connect({"token": "ANN"}) for _ in range(2)], [connect({"token": "BOB"}), connect()]
    expiry.session_ended("s-ANN")
    assert [heard(each) for each in anns] == [["expired_token"], ["expired_token"]]
    assert [heard(each) for each in others] == [[], []]


def test_the_connection_goes_on_anonymously(connect: Connect, expiry: Expiry, socketio: SocketIO) -> None:
    client = connect({"token": "ANN"})
    expiry.session_ended("s-ANN")
    assert client.is_connected()
    assert not may_post(client)
    socketio.emit("updated_model", {})
    assert heard(client) == ["expired_token", "updated_model"]


def test_nobody_hears_it_twice(connect: Connect, expiry: Expiry) -> None:
    client = connect({"token": "ANN"})
    expiry.session_ended("s-ANN")
    expiry.session_ended("s-ANN")
    assert heard(client) == ["expired_token"]


def test_a_new_token_mends_it(connect: Connect, expiry: Expiry) -> None:
    client = connect({"token": "ANN"})
    expiry.session_ended("s-ANN")
    assert client.emit("authenticate", "BOB", callback=True) == {"ok": True}
    assert may_post(client)
    expiry.session_ended("s-ANN")
    assert heard(client) == ["expired_token"]


def test_a_token_that_runs_out_is_told_when_it_does(connect: Connect, expiry: Expiry, time: Time) -> None:
    client = connect({"token": "ANN"})
    expiry.tokens_ran_out()
    assert heard(client) == []
    time.now = ALWAYS
    expiry.tokens_ran_out()
    expiry.tokens_ran_out()
    assert heard(client) == ["expired_token"]


def test_who_has_no_good_token_is_not_there_any_more(
    connect: Connect, expiry: Expiry, presence: Presence, publisher: RecordingPublisher
) -> None:
    connect({"token": "ANN"})
    presence.tell()
    expiry.session_ended("s-ANN")
    presence.tell()
    last = publisher.published[-1]
    told = decode(last.type, last.data)
    assert isinstance(told, ClientDisconnected)
    assert told.user_id == 1


def test_where_reading_needs_a_token_the_connection_ends(
    connect: Connect, socketio: SocketIO, clients: Clients, presence: Presence, app: Flask, auth: Auth
) -> None:
    del app, auth
    client, other = connect({"token": "ANN"}), connect({"token": "BOB"})
    Expiry(socketio, clients, presence, anonymous_read=False).session_ended("s-ANN")
    assert not client.is_connected()
    assert other.is_connected()
    assert len(clients) == 1
