"""The two C programs with each other: what the one sends, the other counts."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.push.bench import series
from bench.push.compiled import compiled
from bench.push.crowd import Crowd
from bench.push.message import write_event
from bench.push.server import Told, memory
from tests.people import eventually
from tools.native.ports import PrivatePorts
from tools.native.readiness import accepts_connections

CLIENTS = 20


@pytest.fixture
def limit(tmp_path: Path) -> Iterator[Told]:
    """A server that does the least."""
    port = PrivatePorts().take()
    write_event(tmp_path / "event.txt", paragraphs=1)
    with subprocess.Popen([compiled("limit"), str(port), tmp_path / "event.txt"]) as process:
        assert eventually(accepts_connections(port))
        yield Told(port=port, pid=process.pid)
        process.kill()


def test_every_client_is_told_of_every_event(limit: Told) -> None:
    with Crowd(limit.port, CLIENTS) as crowd:
        for first in (0, 300):
            result = series(limit, crowd, first, 300)
            assert (result.deliveries, result.faults, result.closed) == (300 * CLIENTS, 0, 0)
            assert result.rate > 0
            assert result.p50_ms <= result.p99_ms <= result.max_ms


def test_events_keep_the_pace(limit: Told) -> None:
    with Crowd(limit.port, CLIENTS) as crowd:
        result = series(limit, crowd, 0, 11, per_second=50)
    assert result.faults == 0
    assert result.seconds >= 0.2


def test_those_who_leave_are_forgotten(limit: Told) -> None:
    Crowd(limit.port, CLIENTS).leave()
    with Crowd(limit.port, CLIENTS) as crowd:
        assert series(limit, crowd, 0, 10).deliveries == 10 * CLIENTS


def test_what_a_server_uses_can_be_told(limit: Told) -> None:
    used = memory(limit)
    assert 0 < used.proportional <= used.resident


def test_an_event_is_of_the_size_that_was_promised(tmp_path: Path) -> None:
    write_event(tmp_path / "event.txt", paragraphs=1)
    assert 560 <= (tmp_path / "event.txt").stat().st_size <= 580
