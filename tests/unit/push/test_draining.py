"""When a replica is asked to stop, its clients are let go."""

import threading
from typing import Any

import pytest

from chassis.health import Health
from push.draining import disconnect_when_draining


class RecordingConnection:
    """A client's connection that notes how it is closed."""

    def __init__(self) -> None:
        self.closed = threading.Event()
        self.options: dict[str, bool] = {}

    def close(self, **options: bool) -> None:
        """Note it."""
        self.options = options
        self.closed.set()


class RecordingSocketIO:
    """Has clients; is its own server and its own engine."""

    def __init__(self, clients: int) -> None:
        self.server = self.eio = self
        self.sockets = {f"c-{number}": RecordingConnection() for number in range(clients)}


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("push.draining.POLL_SECONDS", 0.001)


def test_everybody_is_let_go_and_not_before() -> None:
    asked, is_stopping = threading.Semaphore(0), threading.Event()

    def is_draining() -> bool:
        asked.release()
        return is_stopping.is_set()

    health = Health({})
    health.is_draining = is_draining
    socketio: Any = RecordingSocketIO(clients=3)
    disconnect_when_draining(socketio, health)
    for _ in range(3):
        assert asked.acquire(timeout=10)
    assert not any(connection.closed.is_set() for connection in socketio.sockets.values())
    is_stopping.set()
    for connection in socketio.sockets.values():
        assert connection.closed.wait(10)
        assert connection.options == {"wait": False, "abort": True}
