"""Messages come in whole, and nobody sends what would fill the memory."""

from collections.abc import Iterator
from typing import Any

import gevent
import pytest
from gevent.event import Event
from wsproto import ConnectionType
from wsproto.connection import Connection
from wsproto.events import AcceptConnection, CloseConnection, Ping, Pong, TextMessage
from wsproto.frame_protocol import FrameProtocol, Opcode

from push import websocket
from push.frames import frame
from push.limits import Bucket
from push.outgoing import Reason
from push.websocket import MAX_MESSAGE_BYTES, WebSocket
from tests.unit.push.conftest import Pair, WebSocketClient


class Conversation:
    """What is done with a WebSocket: it repeats what it hears."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.cuts: list[Reason] = []
        self.began = Event()
        self.ended = Event()
        self.websocket: WebSocket

    def __call__(self, environ: dict[str, Any], seconds: float | None = None) -> None:
        """Repeat until nobody speaks any more."""
        self.websocket = WebSocket(environ, self.cuts.append)
        self.began.set()
        while (said := self.websocket.wait(seconds)) is not None:
            self.heard.append(said)
            self.websocket.outgoing.write(frame(said))
        self.websocket.outgoing.end()
        environ["gunicorn.socket"].close()
        self.ended.set()


@pytest.fixture
def conversation() -> Conversation:
    return Conversation()


@pytest.fixture
def client(pair: Pair, conversation: Conversation) -> Iterator[WebSocketClient]:
    client = WebSocketClient(pair.far)
    serving = gevent.spawn(conversation, client.environ("/", pair.near))
    assert conversation.began.wait(20)
    yield client
    pair.far.close()
    serving.join(20)


def test_nobody_is_offered_compression(client: WebSocketClient) -> None:
    accepted = client.receive()
    assert isinstance(accepted, AcceptConnection)
    assert accepted.extensions == []


def test_what_is_said_is_heard_and_answered(client: WebSocketClient, conversation: Conversation) -> None:
    client.receive()
    client.send("grüß dich")
    assert client.receive() == TextMessage(data="grüß dich", frame_finished=True, message_finished=True)
    assert conversation.heard == ["grüß dich"]


def test_what_comes_in_pieces_is_one_message(client: WebSocketClient, pair: Pair, conversation: Conversation) -> None:
    client.receive()
    speech = FrameProtocol(client=True, extensions=[])
    texts = ["grü", "", "ß ", "dich"]
    data = b"".join(speech.send_data(text, fin=text is texts[-1]) for text in texts)
    for byte in data:
        pair.far.sendall(bytes((byte,)))
        gevent.sleep(0)
    assert client.hear() == "grüß dich"
    assert conversation.heard == ["grüß dich"]


def test_a_ping_in_between_is_answered(client: WebSocketClient, pair: Pair) -> None:
    client.receive()
    speech = Connection(ConnectionType.CLIENT)
    pair.far.sendall(speech.send(TextMessage("a", message_finished=False)))
    pair.far.sendall(speech.send(Ping(b"there?")))
    answer = client.receive()
    assert isinstance(answer, Pong)
    assert answer.payload == b"there?"
    pair.far.sendall(speech.send(TextMessage("b")))
    assert client.hear() == "ab"


def test_a_message_may_be_as_long_as_the_limit(client: WebSocketClient, conversation: Conversation) -> None:
    client.receive()
    gevent.spawn(client.send, "x" * MAX_MESSAGE_BYTES)
    assert client.hear() == "x" * MAX_MESSAGE_BYTES
    assert conversation.heard == ["x" * MAX_MESSAGE_BYTES]


@pytest.mark.parametrize("text", ["x" * (MAX_MESSAGE_BYTES + 1), "ü" * (MAX_MESSAGE_BYTES // 2 + 1)])
def test_no_message_may_be_longer(client: WebSocketClient, conversation: Conversation, text: str) -> None:
    client.receive()
    gevent.spawn(client.send, text)
    closed = client.receive()
    assert isinstance(closed, CloseConnection)
    assert closed.code == 1009
    assert conversation.ended.wait(20)
    assert conversation.heard == []


def test_nor_the_sum_of_its_pieces(client: WebSocketClient, pair: Pair, conversation: Conversation) -> None:
    client.receive()
    speech = FrameProtocol(client=True, extensions=[])
    pieces = [speech.send_data("x" * 30_000, fin=False) for _ in range(3)]
    gevent.spawn(pair.far.sendall, b"".join(pieces))
    assert client.receive().code == 1009
    assert conversation.ended.wait(20)
    assert conversation.heard == []


def test_every_message_may_be_as_long_as_the_limit(client: WebSocketClient, conversation: Conversation) -> None:
    client.receive()
    for number in range(4):
        gevent.spawn(client.send, str(number) * (MAX_MESSAGE_BYTES // 2))
        assert client.hear() == str(number) * (MAX_MESSAGE_BYTES // 2)
    assert len(conversation.heard) == 4


BROKEN = {
    "compressed": b"\xc1\x80\0\0\0\0",
    "of a reserved kind": b"\x83\x80\0\0\0\0",
    "unmasked": b"\x81\x02hi",
    "no text": b"\x81\x82\0\0\0\0\xff\xff",
    "a long ping": b"\x89\xfe\x00\x80\0\0\0\0" + b"x" * 128,
    "a ping in pieces": b"\x09\x80\0\0\0\0",
    "the end of what never began": b"\x80\x80\0\0\0\0",
    "a new one before the end": b"\x01\x80\0\0\0\0\x01\x80\0\0\0\0",
    "a goodbye for no reason": b"\x88\x82\0\0\0\0\x00\x01",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_who_breaks_the_rules_is_let_go(
    client: WebSocketClient, pair: Pair, conversation: Conversation, data: bytes
) -> None:
    client.receive()
    pair.far.sendall(data)
    closed = client.receive()
    assert isinstance(closed, CloseConnection)
    assert closed.code in (1002, 1007)
    assert conversation.ended.wait(20)
    assert conversation.heard == []


def test_a_frame_that_claims_to_be_huge_takes_no_room(
    client: WebSocketClient, pair: Pair, conversation: Conversation
) -> None:
    client.receive()
    pair.far.sendall(b"\x81\xff" + (2**62).to_bytes(8) + b"\0\0\0\0")
    gevent.spawn(pair.far.sendall, b"x" * (MAX_MESSAGE_BYTES + 1))
    assert client.receive().code == 1009
    assert conversation.ended.wait(20)


def test_whoever_leaves_is_not_waited_for(client: WebSocketClient, pair: Pair, conversation: Conversation) -> None:
    client.receive()
    pair.far.close()
    assert conversation.ended.wait(20)
    assert conversation.cuts == []


def test_goodbye_is_answered_with_goodbye(client: WebSocketClient, pair: Pair, conversation: Conversation) -> None:
    client.receive()
    pair.far.sendall(FrameProtocol(client=True, extensions=[]).close(1001))
    assert client.receive() == CloseConnection(code=1001, reason="")
    assert conversation.ended.wait(20)


def test_who_does_not_hang_up_after_goodbye_is_cut_off(
    client: WebSocketClient, pair: Pair, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "HANG_UP_SECONDS", 0.01)
    client.receive()
    conversation.websocket.close()
    assert pair.far.recv(2)[0] & 0x0F == Opcode.CLOSE
    assert conversation.ended.wait(20)
    assert conversation.cuts == ["silent"]


def test_who_hangs_up_is_not(client: WebSocketClient, pair: Pair, conversation: Conversation) -> None:
    client.receive()
    conversation.websocket.close()
    conversation.websocket.close()
    pair.far.close()
    assert conversation.ended.wait(20)
    conversation.websocket.outgoing.cut("silent")
    assert conversation.cuts == []


def test_who_is_silent_for_too_long_is_given_up(pair: Pair, conversation: Conversation) -> None:
    client = WebSocketClient(pair.far)
    serving = gevent.spawn(conversation, client.environ("/", pair.near), 0.01)
    serving.join(20)
    assert conversation.ended.is_set()


@pytest.mark.parametrize("missing", ["HTTP_SEC_WEBSOCKET_KEY", "HTTP_SEC_WEBSOCKET_VERSION", "HTTP_UPGRADE"])
def test_what_is_no_upgrade_is_refused(pair: Pair, conversation: Conversation, missing: str) -> None:
    client = WebSocketClient(pair.far)
    environ = client.environ("/", pair.near)
    del environ[missing]
    conversation(environ)
    assert not conversation.websocket.is_open
    assert pair.far.recv(12).startswith((b"HTTP/1.1 400", b"HTTP/1.1 426"))


def test_who_sends_more_frames_than_anybody_is_cut_off(
    conversation: Conversation, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "Bucket", lambda *_: Bucket(1, 3, lambda: 0.0))
    client = WebSocketClient(pair.far)
    serving = gevent.spawn(conversation, client.environ("/", pair.near))
    assert isinstance(client.receive(), AcceptConnection)
    pair.far.sendall(FrameProtocol(client=True, extensions=[]).ping() * 10)
    assert [type(client.receive()) for _ in range(3)] == [Pong, Pong, CloseConnection]
    assert conversation.ended.wait(20)
    assert conversation.cuts == ["flooding"]
    serving.join(20)
