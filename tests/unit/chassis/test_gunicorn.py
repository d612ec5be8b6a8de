"""A web process drains when it is stopped, and waits for Postgres without keeping anybody else from working."""

import gc
import json
import socket
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import gevent
import psycopg2
import pytest
from flask import Flask
from gunicorn import util
from psycopg2 import extensions

from chassis import gunicorn
from chassis.web import base_app


@pytest.fixture
def silent_server() -> Iterator[int]:
    """A port where everybody is let in and nobody is answered."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def in_worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """psycopg2 as it is in a worker, but for its patience."""
    monkeypatch.setattr(gunicorn, "CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(gunicorn, "DATABASE_WAIT_SECONDS", 600)
    monkeypatch.setattr(util, "write_error", util.write_error)
    gunicorn.post_fork(None, None)
    yield
    extensions.set_wait_callback(None)


@pytest.fixture
def thawed() -> Iterator[None]:
    """Garbage is looked for everywhere again after the test."""
    yield
    gc.unfreeze()


def readiness(app: Flask) -> int:
    return app.test_client().get("/readyz").status_code


@pytest.mark.usefixtures("thawed")
def test_a_worker_that_is_asked_to_stop_is_no_longer_ready() -> None:
    worker = SimpleNamespace(alive=True, wsgi=base_app("test", checks={}, problems={}))
    gunicorn.post_worker_init(worker)
    assert readiness(worker.wsgi) == 200
    worker.alive = False
    assert readiness(worker.wsgi) == 503


@pytest.mark.usefixtures("thawed")
def test_what_a_worker_begins_with_is_not_looked_through_for_garbage() -> None:
    gunicorn.post_worker_init(SimpleNamespace(alive=True, wsgi=base_app("test", checks={}, problems={})))
    assert gc.get_freeze_count() > len(gc.get_objects())


@pytest.mark.usefixtures("in_worker")
@pytest.mark.parametrize(("status", "reason"), [(400, "Bad Request"), (414, "URI Too Long"), (431, "Header Too Large")])
def test_what_gunicorn_refuses_by_itself_is_a_problem(status: int, reason: str) -> None:
    near, far = socket.socketpair()
    with near, far:
        util.write_error(near, status, reason, "<b>what the client sent</b>")
        near.close()
        head, _, body = far.makefile("rb").read().partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} {reason}\r\n".encode())
    assert b"Content-Type: application/problem+json" in head
    assert f"Content-Length: {len(body)}".encode() in head
    assert json.loads(body)["status"] == status
    assert b"client sent" not in body


@pytest.mark.usefixtures("in_worker")
def test_a_database_that_says_nothing_is_given_up(silent_server: int) -> None:
    with pytest.raises(psycopg2.OperationalError, match="did not answer in time"):
        psycopg2.connect(f"postgresql://ann@127.0.0.1:{silent_server}/x?sslmode=disable&connect_timeout=2")


@pytest.mark.parametrize("status", [extensions.STATUS_READY, extensions.STATUS_BEGIN])
def test_a_database_that_falls_silent_later_has_as_long_as_a_statement(
    monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr(gunicorn, "CONNECT_SECONDS", 600)
    monkeypatch.setattr(gunicorn, "DATABASE_WAIT_SECONDS", 0.05)
    near, far = socket.socketpair()
    connection = SimpleNamespace(status=status, poll=lambda: extensions.POLL_READ, fileno=near.fileno)
    with near, far, pytest.raises(psycopg2.OperationalError, match="did not answer in time"):
        gunicorn._wait_for_database(connection)  # noqa: SLF001 - what psycopg2 is given


@pytest.mark.usefixtures("in_worker")
def test_others_work_while_one_waits_for_the_database(silent_server: int) -> None:
    worked = threading.Event()
    waiting = gevent.spawn(
        psycopg2.connect, f"postgresql://ann@127.0.0.1:{silent_server}/x?sslmode=disable&connect_timeout=2"
    )
    gevent.spawn(worked.set)
    gevent.sleep(0)
    gevent.sleep(0)
    assert worked.is_set()
    assert not waiting.dead
    with pytest.raises(psycopg2.OperationalError):
        waiting.get()


@pytest.mark.usefixtures("in_worker")
def test_a_request_that_is_killed_waits_no_longer(silent_server: int) -> None:
    waiting = gevent.spawn(
        psycopg2.connect, f"postgresql://ann@127.0.0.1:{silent_server}/x?sslmode=disable&connect_timeout=2"
    )
    gevent.sleep(0)
    waiting.kill()
    assert isinstance(waiting.value, gevent.GreenletExit)
