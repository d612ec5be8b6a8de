"""Clients are let go in a way that makes them come back, and nobody new is let in."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIO

from chassis.health import Health
from push import draining
from push.draining import drain, let_go, refuse_newcomers
from tests.unit.push.conftest import POLLING

LET_IN = b"0{"


class Pauses:
    """Stands still for nobody, and notes how long it was meant to."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def sleep(self, seconds: float) -> None:
        """Note it."""
        self.seconds.append(seconds)
        self.meanwhile()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> Pauses:
    pauses = Pauses()
    monkeypatch.setattr(draining, "time", pauses)
    return pauses


@pytest.fixture
def health() -> Health:
    return Health({})


def come_in(app: Flask, count: int = 1) -> list[str]:
    """Open sessions of Engine.IO and return their ids."""
    answers = [app.test_client().get(POLLING) for _ in range(count)]
    return [answer.text.partition('"sid":"')[2].partition('"')[0] for answer in answers]


def sessions(socketio: SocketIO) -> list[Any]:
    return [connection for connection in socketio.server.eio.sockets.values() if not connection.closed]


@pytest.mark.usefixtures("pauses")
def test_everybody_is_let_go(app: Flask, socketio: SocketIO) -> None:
    come_in(app, 3)
    assert len(sessions(socketio)) == 3
    let_go(socketio.server.eio)
    assert sessions(socketio) == []


@pytest.mark.usefixtures("pauses")
def test_nobody_is_told_to_stay_away(app: Flask, socketio: SocketIO) -> None:
    [session_id] = come_in(app)
    connection = socketio.server.eio.sockets[session_id]
    let_go(socketio.server.eio)
    assert connection.queue.get(timeout=10) is None, "the end of the transport, and no packet before it"


def test_a_handful_leaves_at_once(app: Flask, socketio: SocketIO, pauses: Pauses) -> None:
    come_in(app, 5)
    let_go(socketio.server.eio)
    assert pauses.seconds == []


def test_a_crowd_leaves_bit_by_bit(app: Flask, socketio: SocketIO, pauses: Pauses) -> None:
    come_in(app, 3 * draining.BATCH)
    left: list[int] = []
    pauses.meanwhile = lambda: left.append(len(sessions(socketio)))
    let_go(socketio.server.eio)
    assert left == [2 * draining.BATCH, draining.BATCH]
    assert sessions(socketio) == []


def test_even_a_great_crowd_is_gone_after_ten_seconds(
    app: Flask, socketio: SocketIO, pauses: Pauses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "BATCH", 1)
    come_in(app, 3 * draining.BATCHES)
    let_go(socketio.server.eio)
    assert len(pauses.seconds) == draining.BATCHES - 1
    assert sum(pauses.seconds) < 15
    assert draining.BATCHES * draining.PAUSE_SECONDS <= 10


def test_a_replica_drains_when_it_is_asked_to_stop_and_not_before(
    app: Flask, socketio: SocketIO, health: Health, pauses: Pauses
) -> None:
    come_in(app)
    here: list[int] = []

    def stop_after_three_looks() -> None:
        here.append(len(sessions(socketio)))
        health.is_draining = lambda: len(here) >= 3

    pauses.meanwhile = stop_after_three_looks
    ended = threading.Event()
    drain(socketio.server.eio, health=health, end=ended.set)
    assert here[:3] == [1, 1, 1]
    assert sessions(socketio) == []
    assert ended.is_set()


def test_newcomers_are_let_in_until_it_drains(app: Flask, socketio: SocketIO, health: Health) -> None:
    assert socketio is not None
    app.wsgi_app = refuse_newcomers(app.wsgi_app, health)  # type: ignore[method-assign, assignment]
    assert LET_IN in app.test_client().get(POLLING).data
    health.is_draining = lambda: True
    with pytest.raises(StopIteration):
        app.test_client().get(POLLING)


def test_whoever_is_in_is_answered_while_it_drains(app: Flask, socketio: SocketIO, health: Health) -> None:
    assert socketio is not None
    [session_id] = come_in(app)
    app.wsgi_app = refuse_newcomers(app.wsgi_app, health)  # type: ignore[method-assign, assignment]
    health.is_draining = lambda: True
    client = app.test_client()
    assert client.post(f"{POLLING}&sid={session_id}", data=b"40").status_code == 200
    assert client.get("/livez").status_code == 200
