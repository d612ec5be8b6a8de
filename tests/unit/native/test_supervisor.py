import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.people import eventually
from tools.native.process import Process, Program
from tools.native.supervisor import EXITS_WITHIN_SECONDS, MAX_EXITS, Exits, Supervisor


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def supervisor(told: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(told.append)
    yield supervisor
    supervisor.stop()


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    folder = tmp_path / "folder"
    folder.mkdir()
    program = Program(name="tried", command=["/bin/sleep", "60"], folder=folder, is_ready=lambda: True)
    process = Process(program, log_path=tmp_path / "tried.log")
    process.start()
    yield process
    process.kill()


def test_starts_again_what_ended_unexpectedly(supervisor: Supervisor, process: Process, told: list[str]) -> None:
    supervisor.watch(process)
    first = _kill(process)
    assert eventually(lambda: process.is_running and process.pid != first)
    assert told == ["tried ended with status -9; starting it again in 0.2 s."]


def test_leaves_alone_what_was_stopped_on_purpose(supervisor: Supervisor, process: Process, told: list[str]) -> None:
    supervisor.watch(process)
    process.stop()
    time.sleep(0.4)
    assert not process.is_running
    assert told == []


def test_a_restart_on_purpose_is_no_crash(supervisor: Supervisor, process: Process, told: list[str]) -> None:
    supervisor.watch(process)
    for _ in range(20):
        process.kill()
        process.start()
    time.sleep(0.3)
    assert told == []


def test_gives_up_when_something_cannot_be_started(supervisor: Supervisor, process: Process, tmp_path: Path) -> None:
    supervisor.watch(process)
    tmp_path.joinpath("folder").rmdir()
    _kill(process)
    assert eventually(lambda: supervisor.failure is not None)
    assert "tried cannot be started again" in str(supervisor.failure)


def test_too_many_ends_within_a_minute_are_hopeless() -> None:
    exits = Exits(clock=lambda: 0.0)
    for _ in range(MAX_EXITS):
        exits.add()
    assert not exits.are_too_many
    exits.add()
    assert exits.are_too_many


def test_ends_of_long_ago_are_forgotten() -> None:
    now = [0.0]
    exits = Exits(clock=lambda: now[0])
    for _ in range(MAX_EXITS):
        exits.add()
    now[0] = EXITS_WITHIN_SECONDS + 1
    exits.add()
    assert not exits.are_too_many
    assert exits.pause_seconds == 0.2


def test_pauses_grow_up_to_a_limit() -> None:
    exits, pauses = Exits(clock=lambda: 0.0), []
    for _ in range(7):
        exits.add()
        pauses.append(exits.pause_seconds)
    assert pauses == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def _kill(process: Process) -> int:
    assert process.pid
    os.kill(process.pid, signal.SIGKILL)
    return process.pid
