import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.people import eventually
from tools.native.errors import NotReadyError
from tools.native.process import Process, Program

Make = Callable[..., Process]

SERVE = "import pathlib, time; pathlib.Path('up').touch(); time.sleep(60)"
WITH_CHILD = "import subprocess, sys; subprocess.Popen(['sleep', '60']); " + SERVE
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SERVE


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Process] = []

    def make(script: str = SERVE, *, stop_seconds: float = 10.0) -> Process:
        program = Program(
            name="tried",
            command=[sys.executable, "-c", script],
            folder=tmp_path,
            is_ready=(tmp_path / "up").exists,
            environment={"TRIED": "yes"},
            stop_seconds=stop_seconds,
        )
        made.append(Process(program, log_path=tmp_path / "tried.log"))
        return made[-1]

    yield make
    for process in made:
        process.kill()


def test_runs_until_it_is_stopped(make: Make) -> None:
    process = make()
    process.start()
    process.wait_ready()
    assert process.is_running
    process.stop()
    assert process.exit_status == -15


def test_inherits_nothing(make: Make, tmp_path: Path) -> None:
    make("import os; print(sorted(os.environ)); raise SystemExit").start()
    assert eventually(lambda: "TRIED" in (tmp_path / "tried.log").read_text())
    assert "PATH" not in (tmp_path / "tried.log").read_text()


def test_one_that_does_not_hear_is_killed(make: Make) -> None:
    process = make(STUBBORN, stop_seconds=0.2)
    process.start()
    process.wait_ready()
    process.stop()
    assert process.exit_status == -9


def test_its_children_go_with_it(make: Make) -> None:
    process = make(WITH_CHILD)
    process.start()
    process.wait_ready()
    (child,) = psutil.Process(process.pid).children()
    process.stop()
    assert eventually(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_an_early_end_is_told_with_its_last_words(make: Make) -> None:
    process = make("raise SystemExit('no such luck')")
    process.start()
    with pytest.raises(NotReadyError, match=r"(?s)tried ended with status 1.*no such luck"):
        process.wait_ready()


def test_one_that_never_gets_ready_is_told_in_time(make: Make) -> None:
    process = make("import time; time.sleep(60)")
    process.start()
    with pytest.raises(NotReadyError, match="tried is not ready"):
        process.wait_ready(timeout_seconds=0.1)


def test_can_be_paused_and_resumed(make: Make) -> None:
    process = make()
    process.start()
    process.pause()
    assert eventually(lambda: psutil.Process(process.pid).status() == psutil.STATUS_STOPPED)
    process.resume()
    assert eventually(lambda: psutil.Process(process.pid).status() != psutil.STATUS_STOPPED)


def test_is_not_wanted_any_more_once_it_was_stopped_on_purpose(make: Make) -> None:
    process = make()
    process.start()
    assert process.is_wanted
    process.stop()
    process.restart_if_wanted()
    assert not process.is_running


def test_stopping_what_never_ran_does_nothing(make: Make) -> None:
    make().stop()
