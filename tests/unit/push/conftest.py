"""Push without a broker or an auth, and clients without a network."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask_socketio import SocketIO, SocketIOTestClient
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder
from wsproto import ConnectionType, WSConnection
from wsproto.events import Message, Request
from wsproto.extensions import PerMessageDeflate

from chassis.clock import utc_now
from chassis.jwks import KeysUnavailableError
from chassis.testing import RecordingPublisher
from chassis.tokens import Principal, TokenRejectedError
from chassis.web import base_app
from contracts import new_task_id
from push.bootstrap import create_socketio
from push.clients import Clients
from push.presence import Presence
from push.sockets import Sockets
from push.websocket import OpenSockets

USERS = {"ANN": 1, "BOB": 2}

Connect = Callable[..., SocketIOTestClient]


class Auth:
    """Verifies the tokens ANN and BOB, unless it is told otherwise."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.meanwhile: Callable[[], object] = lambda: None

    def verify(self, token: str) -> Principal:
        """Return who *token* speaks for."""
        self.meanwhile()
        if self.error is not None:
            raise self.error
        if token == "KEYS":
            raise KeysUnavailableError
        if token not in USERS:
            raise TokenRejectedError("The token is not valid, or has expired.")
        return Principal(user_id=USERS[token], session_id=f"s-{token}", expires_at=2_000_000_000, key_id="k-1")


class WebSocketClient:
    """Speaks WebSocket on a socket, and would like to compress.

    `environ` is what a server would make of its request.
    """

    def __init__(self, far: Any) -> None:
        self._far = far
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._events: list[Any] = []

    def environ(self, path: str, near: Any) -> dict[str, Any]:
        """Return the request for *path* as gunicorn passes it on, with *near* as its socket."""
        request = Request(host="localhost", target=path, extensions=[PerMessageDeflate()])
        lines = self._protocol.send(request).decode().splitlines()[1:]
        headers = dict(line.split(": ", 1) for line in lines if line)
        return {**EnvironBuilder(path, headers=Headers(headers)).get_environ(), "gunicorn.socket": near}

    def send(self, text: str) -> None:
        """Send *text* as one message."""
        self._far.sendall(self._protocol.send(Message(data=text)))

    def receive(self) -> Any:
        """Return the next thing that happens."""
        while not self._events:
            self._protocol.receive_data(self._far.recv(65536) or None)
            self._events.extend(self._protocol.events())
        return self._events.pop(0)


def serve(application: Callable[..., object], environ: dict[str, Any]) -> None:
    """Call *application* as gunicorn does, which is told by StopIteration that a WebSocket has ended."""
    with suppress(StopIteration):
        application(environ, None)


@pytest.fixture
def auth() -> Auth:
    return Auth()


@pytest.fixture
def publisher() -> RecordingPublisher:
    return RecordingPublisher()


@pytest.fixture
def clients() -> Clients:
    return Clients()


@pytest.fixture
def presence(publisher: RecordingPublisher, clients: Clients) -> Presence:
    """Tells nothing by itself."""
    return Presence(publisher, clients)


@pytest.fixture
def app() -> Flask:
    return base_app("push", checks={}, problems={})


@pytest.fixture
def socketio(app: Flask) -> SocketIO:
    return create_socketio(app, OpenSockets())


def new_task(user_id: int) -> UUID:
    """Return a task of *user_id* that no other test has."""
    return new_task_id(b"secret", user_id, utc_now())


@pytest.fixture
def connect(
    app: Flask, socketio: SocketIO, clients: Clients, presence: Presence, publisher: RecordingPublisher, auth: Auth
) -> Iterator[Connect]:
    """Connects clients to a push where anybody may read."""
    Sockets(
        clients, presence, publisher=publisher, verify=auth.verify, new_task_id=new_task, anonymous_read=True
    ).register(socketio)
    connected: list[SocketIOTestClient] = []

    def client(given: Any = None) -> SocketIOTestClient:
        connected.append(socketio.test_client(app, auth=given))
        return connected[-1]

    yield client
    for each in connected:
        if each.is_connected():
            each.disconnect()
