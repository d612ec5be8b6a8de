"""A worker serves its health, ends in order when it is asked to stop, and does not start half set up."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from chassis import runner
from chassis.runner import REFUSED_STATUS, WorkerSettings, read_settings, run_worker
from tools.native.ports import PrivatePorts


class AmqpSettings(WorkerSettings):
    """What a worker of the tests needs."""

    amqp_url: str


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """Ctrl-C belongs to pytest again afterwards."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def _no_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "configure_logs", lambda _service, _level: None)


@pytest.fixture(autouse=True)
def niceness(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How far workers let others go first; not this process, whose niceness everything it starts would have."""
    told: list[int] = []
    monkeypatch.setattr("os.nice", told.append)
    return told


@pytest.fixture
def settings() -> WorkerSettings:
    return WorkerSettings(health_host="127.0.0.1", health_port=PrivatePorts().take())


def readiness(settings: WorkerSettings) -> tuple[int, list[str]]:
    try:
        with urlopen(f"http://127.0.0.1:{settings.health_port}/readyz", timeout=5) as answer:
            return answer.status, json.load(answer)["failing"]
    except HTTPError as error:
        with error:
            return error.code, json.load(error)["failing"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_is_told_to_stop_by_a_signal(settings: WorkerSettings, number: signal.Signals) -> None:
    finished: list[bool] = []

    def run(stopping: threading.Event) -> None:
        assert not stopping.is_set()
        os.kill(os.getpid(), number)
        assert stopping.wait(10)
        finished.append(True)

    run_worker(run, settings=settings, checks={})
    assert finished == [True]


def test_a_worker_lets_others_go_first(settings: WorkerSettings, niceness: list[int]) -> None:
    run_worker(lambda _stopping: None, settings=settings, checks={})
    assert niceness == [runner.NICENESS]


def test_a_worker_tells_whether_it_is_ready(settings: WorkerSettings) -> None:
    told: list[tuple[int, list[str]]] = []
    run_worker(lambda _stopping: told.append(readiness(settings)), settings=settings, checks={"broker": lambda: False})
    assert told == [(503, ["broker"])]


def test_a_worker_that_stops_is_not_ready(settings: WorkerSettings) -> None:
    told: list[tuple[int, list[str]]] = []

    def run(stopping: threading.Event) -> None:
        told.append(readiness(settings))
        stopping.set()
        told.append(readiness(settings))

    run_worker(run, settings=settings, checks={})
    assert told == [(200, []), (503, ["draining"])]


def test_settings_are_read_from_the_environment() -> None:
    settings = read_settings(AmqpSettings, {"AMQP_URL": "amqp://x", "HEALTH_PORT": "9"}, service="test")
    assert (settings.amqp_url, settings.health_port) == ("amqp://x", 9)


def test_a_process_that_is_not_set_up_ends_with_one_line(logged: list[dict[str, object]]) -> None:
    with pytest.raises(SystemExit) as ended:
        read_settings(AmqpSettings, {"HEALTH_PORT": "nine"}, service="test")
    assert ended.value.code == REFUSED_STATUS
    [entry] = logged
    assert "AMQP_URL is missing" in str(entry["error"])
    assert "HEALTH_PORT" in str(entry["error"])
