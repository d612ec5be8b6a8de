"""Connections are looked after, and measured."""

import threading
from typing import Any

import pytest
from engineio.packet import MESSAGE, Packet
from flask import Flask
from flask_socketio import SocketIO
from prometheus_client import REGISTRY

from push import engine
from push.connection import Connection
from push.engine import connections, look_after
from tests.unit.push.conftest import WEBSOCKET, Open, Poller


def measured(name: str, **labels: str) -> float:
    value = REGISTRY.get_sample_value(name, labels)
    assert value is not None
    return value


def test_connections_are_ours(app: Flask, socketio: SocketIO) -> None:
    Poller(app)
    [connection] = connections(socketio.server.eio)
    assert isinstance(connection, Connection)


def test_connections_are_counted_by_transport(app: Flask, socketio: SocketIO, open_websocket: Open) -> None:
    assert socketio is not None
    Poller(app)
    for _ in range(2):
        open_websocket(WEBSOCKET).receive()
    assert measured("flack_push_connections", transport="polling") == 1
    assert measured("flack_push_connections", transport="websocket") == 2


def test_what_waits_is_measured(app: Flask, socketio: SocketIO) -> None:
    Poller(app)
    [connection] = connections(socketio.server.eio)
    connection.push(b"", [Packet(MESSAGE, "x" * 99)])
    assert measured("flack_push_waiting_bytes") == 100


def test_all_connections_are_checked_again_and_again(
    app: Flask, socketio: SocketIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "TICK_SECONDS", 0.001)
    stopping = threading.Event()
    checked: list[Any] = []

    def check(self: Connection, now: float) -> None:
        checked.append((self, now))
        if len(checked) >= 6:
            stopping.set()

    monkeypatch.setattr(Connection, "check", check)
    Poller(app)
    Poller(app)
    look_after(socketio.server.eio, stopping)
    assert {connection for connection, _ in checked} == set(connections(socketio.server.eio))
    assert measured("flack_push_loop_lag_seconds_count") > 0


def test_a_fault_with_one_of_them_does_not_end_it(
    app: Flask, socketio: SocketIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "TICK_SECONDS", 0.001)
    stopping = threading.Event()
    looks: list[float] = []

    def check(_connection: Connection, now: float) -> None:
        looks.append(now)
        if len(looks) == 3:
            stopping.set()
        raise ZeroDivisionError

    monkeypatch.setattr(Connection, "check", check)
    Poller(app)
    look_after(socketio.server.eio, stopping)
    assert len(looks) == 3


def test_nobody_waits_for_a_client_that_is_disconnected(app: Flask, socketio: SocketIO) -> None:
    poller = Poller(app)
    socketio.server.eio.disconnect(poller.session_id)
    socketio.server.eio.disconnect("nobody")
    assert poller.post("3") == 400
