"""Push without a broker or an auth, and clients without a network."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import gevent
import pytest
from flask import Flask
from flask_socketio import SocketIO, SocketIOTestClient
from gevent import socket
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder
from wsproto import ConnectionType, WSConnection
from wsproto.events import Message, Request, TextMessage
from wsproto.extensions import PerMessageDeflate

from chassis.clock import utc_now
from chassis.jwks import KeysUnavailableError
from chassis.testing import RecordingPublisher
from chassis.tokens import Principal, TokenRejectedError
from chassis.web import base_app
from contracts import new_task_id
from push.bootstrap import create_socketio
from push.clients import Clients
from push.limits import Limits
from push.presence import Presence
from push.sockets import Sockets
from tests.unit.push.pages import Missed

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

    def leave(self) -> None:
        """Hang up."""
        self._far.close()

    def hear(self) -> str:
        """Return the next message, of which there must be one."""
        parts: list[str] = []
        while True:
            event = self.receive()
            assert isinstance(event, TextMessage), f"{event} is no text"
            parts.append(event.data)
            if event.message_finished:
                return "".join(parts)

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


@dataclass
class Pair:
    """Two ends of a connection that takes a few kilobytes at a time."""

    near: Any
    far: Any

    def fill(self) -> None:
        """Have either end take as little as the kernel allows."""
        for end in (self.near, self.far):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)

    def read(self, length: int) -> bytes:
        """Return what arrives at the far end, *length* bytes of it."""
        arrived = bytearray()
        while len(arrived) < length:
            part = self.far.recv(min(65536, length - len(arrived)))
            assert part, "the connection was closed"
            arrived += part
        return bytes(arrived)


@pytest.fixture
def pair() -> Iterator[Pair]:
    near, far = socket.socketpair()
    far.settimeout(20)
    yield Pair(near, far)
    near.close()
    far.close()


Open = Callable[[str], WebSocketClient]
POLLING = "/socket.io/?EIO=4&transport=polling"
WEBSOCKET = "/socket.io/?EIO=4&transport=websocket"


class Poller:
    """A client that polls."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()
        self.session_id = self._client.get(POLLING).text.partition('"sid":"')[2].partition('"')[0]

    def post(self, packet: str) -> int:
        """Send *packet*; return the status."""
        return self._client.post(f"{POLLING}&sid={self.session_id}", data=packet).status_code

    def poll(self) -> list[str]:
        """Return the packets of one poll, of which there must be some."""
        answer = self._client.get(f"{POLLING}&sid={self.session_id}")
        assert answer.status_code == 200, answer.text
        return answer.text.split("\x1e")


@pytest.fixture
def open_websocket(app: Flask, socketio: SocketIO) -> Iterator[Open]:
    """Opens WebSockets to the application, each served by a greenlet of its own."""
    assert socketio is not None
    with ExitStack() as ends:

        def opened(path: str) -> WebSocketClient:
            near, far = socket.socketpair()
            far.settimeout(20)
            client = WebSocketClient(far)
            serving = gevent.spawn(serve, app.wsgi_app, client.environ(path, near))
            ends.callback(serving.join, 20)
            ends.callback(far.close)
            return client

        yield opened


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
def limits() -> Limits:
    """As in production, at a time that stands still."""
    return Limits(is_enabled=True, clock=lambda: 0.0)


@pytest.fixture
def presence(publisher: RecordingPublisher, clients: Clients) -> Presence:
    """Tells nothing by itself."""
    return Presence(publisher, clients)


@pytest.fixture
def app() -> Flask:
    return base_app("push", checks={}, problems={})


@pytest.fixture
def socketio(app: Flask) -> SocketIO:
    return create_socketio(app)


def new_task(user_id: int) -> UUID:
    """Return a task of *user_id* that no other test has."""
    return new_task_id(b"secret", user_id, utc_now())


@pytest.fixture
def missed() -> Missed:
    return Missed()


CreateSockets = Callable[..., Sockets]


@pytest.fixture
def create_sockets(
    clients: Clients, limits: Limits, presence: Presence, publisher: RecordingPublisher, auth: Auth, missed: Missed
) -> CreateSockets:
    """Makes what answers clients; anybody may read, unless it is told otherwise."""
    return partial(
        Sockets,
        clients,
        presence,
        publisher=publisher,
        verify=auth.verify,
        new_task_id=new_task,
        changes_after=missed.after,
        anonymous_read=True,
        limits=limits,
    )


@pytest.fixture
def connect(app: Flask, socketio: SocketIO, create_sockets: CreateSockets) -> Iterator[Connect]:
    """Connects clients to a push where anybody may read."""
    create_sockets().register(socketio)
    connected: list[SocketIOTestClient] = []

    def client(given: Any = None) -> SocketIOTestClient:
        connected.append(socketio.test_client(app, auth=given))
        return connected[-1]

    yield client
    for each in connected:
        if each.is_connected():
            each.disconnect()
