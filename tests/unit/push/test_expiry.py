"""Whoever is connected hears that their token has ended, and goes on reading where anybody may."""

from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIO, SocketIOTestClient

from chassis.testing import RecordingPublisher
from chassis.tokens import Principal
from contracts import ClientConnected, ClientDisconnected, decode
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


class Trust:
    """Holds for everybody but for those who are named."""

    def __init__(self) -> None:
        self.lost: set[int] = set()

    def __call__(self, principal: Principal) -> bool:
        return principal.user_id not in self.lost


@pytest.fixture
def is_good() -> Trust:
    return Trust()


@pytest.fixture
def expiry(socketio: SocketIO, clients: Clients, presence: Presence, time: Time, is_good: Trust) -> Expiry:
    return Expiry(socketio, clients, presence, is_good=is_good, anonymous_read=True, clock=time)


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
    expiry.look()
    assert heard(client) == []
    time.now = ALWAYS
    expiry.look()
    expiry.look()
    assert heard(client) == ["expired_token"]


def test_a_token_whose_key_is_trusted_no_more_is_told_too(connect: Connect, expiry: Expiry, is_good: Trust) -> None:
    anns, bobs = connect({"token": "ANN"}), connect({"token": "BOB"})
    is_good.lost.add(1)
    expiry.look()
    assert (heard(anns), heard(bobs)) == (["expired_token"], [])


def test_a_token_that_came_with_a_ping_ends_as_any_other(connect: Connect, expiry: Expiry) -> None:
    client = connect()
    client.emit("ping_user", "ANN", callback=True)
    expiry.session_ended("s-ANN")
    assert heard(client) == ["expired_token"]


def test_whoever_comes_again_on_the_same_connection_is_there_again(
    connect: Connect, expiry: Expiry, presence: Presence, publisher: RecordingPublisher
) -> None:
    client = connect({"token": "ANN"})
    presence.tell()
    expiry.session_ended("s-ANN")
    client.emit("authenticate", "ANN", callback=True)
    presence.tell()
    told = [decode(each.type, each.data) for each in publisher.published]
    connections = [event for event in told if isinstance(event, ClientConnected | ClientDisconnected)]
    opened = {event.client_id for event in connections if isinstance(event, ClientConnected)}
    closed = {event.client_id for event in connections if isinstance(event, ClientDisconnected)}
    assert len(opened) == 2
    assert len(opened - closed) == 1, "what is closed never opens again"


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
    Expiry(socketio, clients, presence, is_good=lambda _: True, anonymous_read=False).session_ended("s-ANN")
    assert not client.is_connected()
    assert other.is_connected()
    assert len(clients) == 1
