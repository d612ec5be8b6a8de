"""What is for a client reaches it once and in order, however it is connected, and bad clients are let go."""

import gc
import time
import weakref
from collections.abc import Callable
from typing import Any

import gevent
import pytest
from flask import Flask
from flask_socketio import SocketIO
from wsproto.events import CloseConnection

from push import connection, websocket
from push.connection import PACKETS_A_POLL, Connection
from push.fan_out import FanOut
from push.limits import Bucket
from tests.unit.push.conftest import WEBSOCKET, Connect, Open, Poller, WebSocketClient


@pytest.fixture
def tell_all(socketio: SocketIO) -> Callable[[str, list[Any]], None]:
    manager = socketio.server.manager
    assert isinstance(manager, FanOut)
    return manager.tell_all


@pytest.fixture
def poller(app: Flask, connect: Connect) -> Poller:
    assert connect is not None
    poller = Poller(app)
    assert poller.post("40") == 200
    assert poller.poll()[0].startswith('40{"sid"')
    return poller


@pytest.fixture
def client(connect: Connect, open_websocket: Open) -> WebSocketClient:
    assert connect is not None
    client = open_websocket(WEBSOCKET)
    client.receive()
    assert client.hear().startswith("0{")
    client.send("40")
    assert client.hear().startswith('40{"sid"')
    return client


def connections(socketio: SocketIO) -> list[Connection]:
    return list(socketio.server.eio.sockets.values())


def news(*numbers: int) -> list[str]:
    return [f'42["news",{number}]' for number in numbers]


Tell = Callable[[str, list[Any]], None]


def test_who_polls_gets_everything_in_order_and_as_much_as_any_client_takes(poller: Poller, tell_all: Tell) -> None:
    tell_all("news", list(range(3)))
    tell_all("news", list(range(3, 40)))
    polls = [poller.poll() for _ in range(3)]
    assert [len(packets) for packets in polls] == [PACKETS_A_POLL, PACKETS_A_POLL, 8]
    assert [packet for packets in polls for packet in packets] == news(*range(40))


def test_a_poll_that_finds_nothing_waits(poller: Poller, tell_all: Tell) -> None:
    polling = gevent.spawn(poller.poll)
    gevent.sleep(0)
    tell_all("news", [1])
    assert polling.get(timeout=20) == news(1)


def test_who_has_a_websocket_gets_everything_in_order(client: WebSocketClient, tell_all: Tell) -> None:
    tell_all("news", list(range(20)))
    tell_all("news", [20])
    assert [client.hear() for _ in range(21)] == news(*range(21))


def test_the_ordinary_way_keeps_the_order(client: WebSocketClient, socketio: SocketIO, tell_all: Tell) -> None:
    tell_all("news", [1])
    socketio.emit("news", 2)
    client.send('42["no such event"]')
    tell_all("news", [3])
    assert [client.hear() for _ in range(3)] == news(1, 2, 3)


def test_an_upgrade_loses_nothing_and_keeps_the_order(poller: Poller, open_websocket: Open, tell_all: Tell) -> None:
    tell_all("news", [1])
    assert poller.poll() == news(1)
    websocket = open_websocket(f"{WEBSOCKET}&sid={poller.session_id}")
    websocket.receive()
    tell_all("news", [2])
    websocket.send("2probe")
    assert websocket.hear() == "3probe"
    tell_all("news", [3, 4])
    websocket.send("5")
    tell_all("news", [5])
    assert [websocket.hear() for _ in range(4)] == news(2, 3, 4, 5)
    tell_all("news", [6])
    assert websocket.hear() == news(6)[0]


def test_an_upgrade_ends_the_poll_that_is_under_way(poller: Poller, open_websocket: Open) -> None:
    polling = gevent.spawn(poller.poll)
    websocket = open_websocket(f"{WEBSOCKET}&sid={poller.session_id}")
    websocket.receive()
    websocket.send("2probe")
    assert websocket.hear() == "3probe"
    assert polling.get(timeout=20) == ["6"]


@pytest.mark.parametrize("packets", [["2"], ["2nonsense"], ["4hello"], ["2probe", "4hello"], [""]])
def test_an_upgrade_that_fails_changes_nothing(
    poller: Poller, open_websocket: Open, tell_all: Tell, packets: list[str]
) -> None:
    websocket = open_websocket(f"{WEBSOCKET}&sid={poller.session_id}")
    websocket.receive()
    for packet in packets:
        websocket.send(packet)
    while not isinstance(websocket.receive(), CloseConnection):
        pass
    tell_all("news", [1])
    assert [packet for packet in poller.poll() if packet != "6"] == news(1)


def test_one_upgrade_at_a_time(poller: Poller, open_websocket: Open) -> None:
    first, second = (open_websocket(f"{WEBSOCKET}&sid={poller.session_id}") for _ in range(2))
    first.receive()
    second.receive()
    assert isinstance(second.receive(), CloseConnection)
    first.send("2probe")
    assert first.hear() == "3probe"


def test_who_begins_an_upgrade_and_is_silent_stays_with_polling(
    poller: Poller, open_websocket: Open, tell_all: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "PROBE_SECONDS", 0.01)
    websocket = open_websocket(f"{WEBSOCKET}&sid={poller.session_id}")
    websocket.receive()
    assert isinstance(websocket.receive(), CloseConnection)
    tell_all("news", [1])
    assert poller.poll() == news(1)


def test_who_never_comes_for_what_waits_is_cut_off(
    poller: Poller, socketio: SocketIO, tell_all: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "MAX_WAITING_BYTES", 100)
    [waiting] = connections(socketio)
    for number in range(3):
        tell_all("news", [str(number) * 50])
    assert waiting.closed
    assert poller.post("3") == 400


def test_who_comes_for_it_is_not(poller: Poller, tell_all: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MAX_WAITING_BYTES", 100)
    for number in range(10):
        tell_all("news", [str(number) * 50])
        assert poller.poll() == [f'42["news","{str(number) * 50}"]']


@pytest.mark.parametrize("packet", ["7", "x", "0{}", "ä", "", "4" + "[" * 50_000])
def test_who_sends_what_is_no_packet_is_let_go(client: WebSocketClient, socketio: SocketIO, packet: str) -> None:
    client.send(packet)
    assert isinstance(client.receive(), CloseConnection)
    assert connections(socketio) == []


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whoever comes send three packets, and never more."""
    monkeypatch.setattr(connection, "Bucket", lambda *_: Bucket(1, 3, lambda: 0.0))


@pytest.mark.usefixtures("few")
def test_who_posts_more_packets_than_anybody_is_cut_off(connect: Connect, app: Flask, socketio: SocketIO) -> None:
    assert connect is not None
    flooding, other = Poller(app), Poller(app)
    assert [flooding.post("3") for _ in range(5)] == [200, 200, 200, 400, 400]
    assert other.post("3") == 200
    assert len(connections(socketio)) == 1


@pytest.mark.usefixtures("few")
def test_who_sends_more_packets_than_anybody_is_cut_off(
    connect: Connect, open_websocket: Open, socketio: SocketIO
) -> None:
    assert connect is not None
    flooding = open_websocket(WEBSOCKET)
    flooding.receive()
    flooding.hear()
    for _ in range(4):
        flooding.send("3")
    assert flooding.receive() == CloseConnection(1006)
    assert connections(socketio) == []


def test_who_leaves_is_forgotten_at_once(client: WebSocketClient, socketio: SocketIO) -> None:
    [there] = connections(socketio)
    client.leave()
    deadline = time.monotonic() + 20
    while connections(socketio) and time.monotonic() < deadline:
        gevent.sleep(0.001)
    assert connections(socketio) == []
    assert there.closed


def test_nothing_is_left_of_who_has_left(client: WebSocketClient, socketio: SocketIO) -> None:
    gc.collect()
    left = weakref.ref(connections(socketio)[0])
    gc.disable()
    try:
        client.leave()
        deadline = time.monotonic() + 20
        while left() is not None and time.monotonic() < deadline:
            gevent.sleep(0.001)
        assert left() is None
    finally:
        gc.enable()


def test_clients_are_pinged_again_and_again(connect: Connect, socketio: SocketIO, open_websocket: Open) -> None:
    assert connect is not None
    socketio.server.eio.ping_interval = 0.01
    client = open_websocket(WEBSOCKET)
    client.receive()
    client.hear()
    for _ in range(3):
        assert client.hear() == "2"
        client.send("3")


def test_who_answers_no_ping_is_let_go_and_hung_up_on(
    connect: Connect, socketio: SocketIO, open_websocket: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert connect is not None
    monkeypatch.setattr(websocket, "HANG_UP_SECONDS", 0.01)
    socketio.server.eio.ping_interval = 0.01
    client = open_websocket(WEBSOCKET)
    client.receive()
    client.hear()
    assert client.hear() == "2"
    [silent] = connections(socketio)
    silent.last_ping = time.time() - socketio.server.eio.ping_timeout - 1
    silent.check_ping_timeout()
    assert isinstance(client.receive(), CloseConnection)
    assert isinstance(client.receive(), CloseConnection), "the end of it, though it said nothing"


def test_who_does_not_read_any_more_is_cut_off(client: WebSocketClient, socketio: SocketIO, tell_all: Tell) -> None:
    [there] = connections(socketio)
    for _ in range(3):
        tell_all("news", ["x" * 400_000])
    assert there.waiting_bytes > 0
    there.check(time.monotonic())
    assert not there.closed
    there.check(time.monotonic() + 60)
    deadline = time.monotonic() + 20
    while connections(socketio) and time.monotonic() < deadline:
        gevent.sleep(0.001)
    assert connections(socketio) == []
    assert client
