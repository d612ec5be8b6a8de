"""The probe tells by its status whether a process is ready, and in words what is amiss."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from tests.unit.chassis.conftest import TinyServer


def probe(port: object) -> tuple[int, str]:
    """Return the probe's status and all that it printed."""
    ended = subprocess.run(
        [sys.executable, "-m", "chassis.probe"],
        env={**os.environ, "HEALTH_PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=20,
        check=False,
    )
    return ended.returncode, ended.stdout


def port_of(server: TinyServer) -> int:
    return int(server.url.rpartition(":")[2])


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Takes connections and says nothing, as the kernel does for a process that is frozen."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def test_a_process_that_is_ready_passes_without_a_word(server: TinyServer) -> None:
    server.says({"status": "ready", "failing": []})
    assert probe(port_of(server)) == (0, "")
    assert server.asked == ["GET /readyz"]


def test_what_keeps_a_process_from_being_ready_is_printed(server: TinyServer) -> None:
    server.status, server.body = 503, b'{"failing":["database"]}'
    assert probe(port_of(server)) == (1, '{"failing":["database"]}\n')


def test_where_nothing_listens_nothing_is_ready(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()
    status, said = probe(port)
    assert status == 1
    assert f"port {port}: " in said
    assert "refused" in said


def test_a_process_that_is_frozen_does_not_hold_the_probe_up(listener: socket.socket) -> None:
    assert probe(listener.getsockname()[1]) == (1, f"port {listener.getsockname()[1]}: timed out\n")


def test_a_process_that_answers_too_slowly_is_not_ready(listener: socket.socket) -> None:
    over = threading.Event()

    def dribble() -> None:
        connection, _address = listener.accept()
        with connection:
            while not over.wait(0.1):
                connection.send(b"H")

    threading.Thread(target=dribble, daemon=True).start()
    status, said = probe(listener.getsockname()[1])
    over.set()
    assert (status, said) == (1, f"port {listener.getsockname()[1]}: timed out\n")


def test_a_connection_that_is_closed_without_an_answer_is_no_yes(listener: socket.socket) -> None:
    def hang_up() -> None:
        connection, _address = listener.accept()
        connection.close()

    threading.Thread(target=hang_up, daemon=True).start()
    assert probe(listener.getsockname()[1])[0] == 1


def test_a_port_that_is_none_is_told() -> None:
    status, said = probe("eighty")
    assert status == 1
    assert "eighty" in said


def test_the_probe_imports_nothing_that_is_slow() -> None:
    listed = "import sys, chassis.probe; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", listed], stdout=subprocess.PIPE, text=True, timeout=20, check=True)
    assert not {"http", "ssl", "email", "logging", "flask", "pydantic", "gevent"} & set(loaded.stdout.split())
