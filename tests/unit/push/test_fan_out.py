"""Everybody hears everything, and what is the same for all is made once."""

from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIO

from chassis.jwks import KeysUnavailableError
from push.connection import Connection
from push.fan_out import FanOut
from tests.unit.push.conftest import WEBSOCKET, Auth, Connect, Open, Poller, WebSocketClient
from tests.unit.push.test_connection import news


@pytest.fixture
def fan_out(socketio: SocketIO) -> FanOut:
    manager = socketio.server.manager
    assert isinstance(manager, FanOut)
    return manager


def come_in(open_websocket: Open, greeting: str = "40") -> WebSocketClient:
    client = open_websocket(WEBSOCKET)
    client.receive()
    client.hear()
    client.send(greeting)
    return client


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What was pushed to clients, in its order."""
    pushed: list[bytes] = []
    push = Connection.push

    def note(self: Connection, frames: bytes, packets: Any) -> None:
        pushed.append(frames)
        push(self, frames, packets)

    monkeypatch.setattr(Connection, "push", note)
    return pushed


def test_everybody_hears_everything(app: Flask, connect: Connect, open_websocket: Open, fan_out: FanOut) -> None:
    assert connect is not None
    clients, poller = [come_in(open_websocket) for _ in range(2)], Poller(app)
    poller.post("40")
    for client in clients:
        client.hear()
    poller.poll()
    fan_out.tell_all("news", [1, 2])
    assert [[client.hear() for _ in range(2)] for client in clients] == [news(1, 2)] * 2
    assert poller.poll() == news(1, 2)


def test_all_that_waits_leaves_in_one_write_and_is_the_same_for_all(
    connect: Connect, open_websocket: Open, fan_out: FanOut, written: list[bytes]
) -> None:
    assert connect is not None
    clients = [come_in(open_websocket) for _ in range(3)]
    for client in clients:
        client.hear()
    written.clear()
    fan_out.tell_all("news", list(range(50)))
    assert len(written) == len(clients)
    assert all(each is written[0] for each in written)


def test_who_has_not_been_let_in_yet_hears_nothing(
    connect: Connect, open_websocket: Open, fan_out: FanOut, auth: Auth
) -> None:
    assert connect is not None
    auth.meanwhile = lambda: fan_out.tell_all("news", ["secret"])
    auth.error = KeysUnavailableError()
    client = come_in(open_websocket, '40{"token":"ANN"}')
    assert client.hear().startswith("44{")
    auth.error = None
    client.send('40{"token":"ANN"}')
    assert client.hear().startswith("40{")
    fan_out.tell_all("news", [1])
    assert client.hear() == news(1)[0]


def test_who_is_connected_but_came_in_nowhere_hears_nothing(open_websocket: Open, fan_out: FanOut) -> None:
    client = open_websocket(WEBSOCKET)
    client.receive()
    client.hear()
    fan_out.tell_all("news", [1])
    client.send("7")
    with pytest.raises(AssertionError, match="is no text"):
        client.hear()


def test_nobody_listening_is_no_failure(fan_out: FanOut) -> None:
    fan_out.tell_all("news", [1])
