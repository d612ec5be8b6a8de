"""Frames leave whole and one after the other, and nobody sends what would fill the memory."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gevent
import pytest
from gevent import socket
from gevent.event import Event
from wsproto.events import AcceptConnection, CloseConnection, TextMessage

from push.websocket import MAX_MESSAGE_BYTES, OpenSockets, WebSocket, WholeSends
from tests.unit.push.conftest import WebSocketClient, serve

LONG = 300_000


@dataclass
class Pair:
    """Two ends of a connection that takes a few kilobytes at a time."""

    near: Any
    far: Any

    def read(self, length: int) -> bytes:
        """Return what arrives at the far end, *length* bytes of it."""
        arrived = bytearray()
        while len(arrived) < length:
            part = self.far.recv(4096)
            assert part, "the connection was closed"
            arrived += part
        return bytes(arrived)


@pytest.fixture
def pair() -> Iterator[Pair]:
    near, far = socket.socketpair()
    for end in (near, far):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        end.settimeout(20)
    yield Pair(near, far)
    near.close()
    far.close()


def test_a_long_frame_is_written_to_its_end(pair: Pair) -> None:
    frame = os.urandom(LONG)
    sending = gevent.spawn(WholeSends(pair.near).send, frame)
    assert pair.read(LONG) == frame
    assert sending.get() == LONG


def test_writers_never_interleave(pair: Pair) -> None:
    writing = WholeSends(pair.near)
    frames = [bytes([letter]) * LONG for letter in b"abcd"]
    sending = [gevent.spawn(writing.send, frame) for frame in frames]
    arrived = pair.read(4 * LONG)
    gevent.joinall(sending)
    assert sorted(arrived[start : start + LONG] for start in range(0, 4 * LONG, LONG)) == frames


def test_a_writer_that_fails_does_not_block_the_next(pair: Pair) -> None:
    writing = WholeSends(pair.near)
    pair.far.close()
    for _ in range(2):
        with pytest.raises(OSError, match="Broken pipe"):
            writing.send(b"x" * LONG)


def test_everything_else_is_the_socket_itself(pair: Pair) -> None:
    writing = WholeSends(pair.near)
    assert writing.fileno() == pair.near.fileno()
    pair.far.sendall(b"hello")
    assert writing.recv(5) == b"hello"


class Conversation:
    """What the application does with a connection: it repeats what it hears."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.ended = Event()

    def __call__(self, websocket: WebSocket) -> None:
        """Repeat until nobody speaks any more."""
        while (said := websocket.wait()) is not None:
            self.heard.append(said)
            websocket.send(said)
        self.ended.set()


@pytest.fixture
def conversation() -> Conversation:
    return Conversation()


@pytest.fixture
def open_sockets() -> OpenSockets:
    return OpenSockets()


@pytest.fixture
def client(pair: Pair, conversation: Conversation, open_sockets: OpenSockets) -> Iterator[WebSocketClient]:
    client = WebSocketClient(pair.far)
    websocket = WebSocket(conversation, None, open_sockets=open_sockets)
    serving = gevent.spawn(serve, websocket, client.environ("/", pair.near))
    yield client
    pair.far.close()
    serving.kill()


def test_nobody_is_offered_compression(client: WebSocketClient) -> None:
    accepted = client.receive()
    assert isinstance(accepted, AcceptConnection)
    assert accepted.extensions == []


def test_what_is_said_is_heard_and_answered(client: WebSocketClient, conversation: Conversation) -> None:
    client.receive()
    client.send("grüß dich")
    assert client.receive() == TextMessage(data="grüß dich", frame_finished=True, message_finished=True)
    assert conversation.heard == ["grüß dich"]


def test_a_message_may_be_as_long_as_the_limit(client: WebSocketClient, conversation: Conversation) -> None:
    client.receive()
    gevent.spawn(client.send, "x" * MAX_MESSAGE_BYTES)
    arrived = ""
    while len(arrived) < MAX_MESSAGE_BYTES:
        arrived += client.receive().data
    assert arrived == "x" * MAX_MESSAGE_BYTES
    assert conversation.heard == [arrived]


def test_no_message_may_be_longer(client: WebSocketClient, conversation: Conversation) -> None:
    client.receive()
    gevent.spawn(client.send, "x" * (MAX_MESSAGE_BYTES + 1))
    closed = client.receive()
    assert isinstance(closed, CloseConnection)
    assert closed.code == 1009
    assert conversation.ended.wait(20)
    assert conversation.heard == []


def test_whoever_leaves_is_not_waited_for(client: WebSocketClient, pair: Pair, conversation: Conversation) -> None:
    client.receive()
    pair.far.close()
    assert conversation.ended.wait(20)


def test_whoever_does_not_leave_is_cut_off(
    client: WebSocketClient, open_sockets: OpenSockets, conversation: Conversation
) -> None:
    client.receive()
    open_sockets.cut()
    assert conversation.ended.wait(20)


def test_whoever_reads_nothing_is_cut_off(pair: Pair) -> None:
    writing = WholeSends(pair.near)
    sending = gevent.spawn(writing.send, os.urandom(LONG))
    gevent.sleep(0)
    writing.cut()
    sending.join(20)
    assert isinstance(sending.exception, OSError)


def test_whoever_has_left_already_is_no_trouble(pair: Pair) -> None:
    writing = WholeSends(pair.near)
    pair.near.close()
    writing.cut()


def test_nobody_is_remembered_who_has_left(
    client: WebSocketClient, pair: Pair, open_sockets: OpenSockets, conversation: Conversation
) -> None:
    client.receive()
    pair.far.close()
    assert conversation.ended.wait(20)
    gevent.sleep(0)
    assert len(open_sockets) == 0
