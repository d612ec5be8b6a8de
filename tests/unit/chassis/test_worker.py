"""gunicorn's worker lets nobody in before it is ready, and hangs up on nobody whom it could still serve."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import gevent
import pytest
from gevent import socket
from gevent.pool import Pool
from gevent.server import StreamServer
from gunicorn.config import Config

from chassis import worker
from chassis.health import Health
from chassis.worker import CarefulWorker, close_door

Address = tuple[str, int]


@pytest.fixture
def listener() -> Iterator[Any]:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(100)
    yield listening
    listening.close()


def knock(listener: Any) -> Any:
    """Connect as far as the kernel goes: nothing else runs meanwhile."""
    return socket.create_connection(listener.getsockname(), timeout=20)


def echo(client: Any, _address: Address) -> None:
    client.sendall(client.recv(100))
    client.close()


def test_whoever_stands_at_the_door_when_it_shuts_is_served(listener: Any) -> None:
    server = StreamServer(listener, handle=echo, spawn=Pool(100))
    server.start()
    waiting = [knock(listener) for _ in range(20)]
    close_door(server)
    for client in waiting:
        client.sendall(b"hello")
    assert [client.recv(100) for client in waiting] == [b"hello"] * 20


def test_whoever_comes_later_is_refused_at_once(listener: Any) -> None:
    address = listener.getsockname()
    server = StreamServer(listener, handle=echo, spawn=Pool(100))
    server.start()
    close_door(server)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=20)


def test_a_full_house_shuts_its_door_all_the_same(listener: Any) -> None:
    pool = Pool(1)
    server = StreamServer(listener, handle=lambda *_: gevent.sleep(60), spawn=pool)
    server.start()
    waiting = [knock(listener) for _ in range(3)]
    close_door(server)
    assert len(pool) < len(waiting)
    pool.kill()


class Worker(CarefulWorker):
    """A worker without a process of its own, which answers every connection with one byte."""

    def __init__(self, listener: Any, health: Health) -> None:
        self.sockets = [listener]
        self.worker_connections = 10
        self.alive = True
        self.cfg = Config()
        self.cfg.set("graceful_timeout", 3)
        self.wsgi = SimpleNamespace(extensions={"health": health, "finishing": []})
        self.answer: Callable[[Any], None] = lambda client: client.sendall(b"x")

    def notify(self) -> None:
        """There is no arbiter to be told."""

    def handle(self, listener: Any, client: Any, _address: Address) -> None:
        """Answer in place of gunicorn's HTTP, which first asks where it listens."""
        assert listener.getsockname()
        self.answer(client)
        client.close()


def test_nobody_is_let_in_before_the_process_is_ready(listener: Any) -> None:
    ready: list[bool] = []
    working = Worker(listener, Health({"broker": lambda: bool(ready)}))
    running = gevent.spawn(working.run)
    client = knock(listener)
    client.settimeout(3 * worker.POLL_SECONDS)
    with pytest.raises(TimeoutError):
        client.recv(1)
    ready.append(True)
    client.settimeout(20)
    assert client.recv(1) == b"x"
    working.alive = False
    running.get(timeout=20)


def test_a_process_that_does_not_get_ready_serves_in_the_end(listener: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "READY_SECONDS", 0.2)
    working = Worker(listener, Health({"broker": lambda: False}))
    running = gevent.spawn(working.run)
    assert knock(listener).recv(1) == b"x"
    working.alive = False
    running.get(timeout=20)


def test_a_worker_that_is_stopped_before_it_is_ready_does_not_wait(listener: Any) -> None:
    working = Worker(listener, Health({"broker": lambda: False}))
    client = knock(listener)
    working.alive = False
    gevent.spawn(working.run).get(timeout=worker.READY_SECONDS / 2)
    assert client.recv(1) == b"x"


def test_what_is_in_hand_is_finished(listener: Any) -> None:
    working = Worker(listener, Health({}))
    asked = gevent.event.Event()

    def answer_late(client: Any) -> None:
        asked.wait()
        client.sendall(b"y")

    working.answer = answer_late
    running = gevent.spawn(working.run)
    client = knock(listener)
    gevent.sleep(2 * worker.POLL_SECONDS)
    working.alive = False
    gevent.sleep(2 * worker.POLL_SECONDS)
    asked.set()
    assert client.recv(1) == b"y"
    running.get(timeout=20)


def test_what_takes_too_long_is_cut_off(listener: Any, logged: list[dict[str, Any]]) -> None:
    working = Worker(listener, Health({}))
    working.answer = lambda _client: gevent.sleep(600)
    client = knock(listener)
    working.alive = False
    gevent.spawn(working.run).get(timeout=20)
    assert client.recv(1) == b""
    assert [entry["event"] for entry in logged] == ["requests_cut_off"]


def test_what_is_left_to_do_is_done_after_the_last_request(listener: Any) -> None:
    working = Worker(listener, Health({}))
    done: list[str] = []
    working.answer = lambda _client: done.append("answered")
    working.wsgi.extensions["finishing"].append(lambda: done.append("finished"))
    assert knock(listener)
    working.alive = False
    gevent.spawn(working.run).get(timeout=20)
    assert done == ["answered", "finished"]
