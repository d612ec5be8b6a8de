import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.native.leftovers import HOME_MARK, end_leftovers, processes_of

Begin = Callable[..., subprocess.Popen[str]]
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
MEEK = "import time; print('up', flush=True); time.sleep(60)"


@pytest.fixture
def begin() -> Iterator[Begin]:
    begun: list[subprocess.Popen[str]] = []

    def begin(script: str, home: Path) -> subprocess.Popen[str]:
        environment = {**os.environ, HOME_MARK: str(home)}
        child = subprocess.Popen(
            [sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        assert child.stdout
        assert child.stdout.readline() == "up\n"
        begun.append(child)
        return child

    yield begin
    for child in begun:
        child.kill()
        child.wait()


def test_ends_what_carries_the_mark_of_the_home(begin: Begin, tmp_path: Path) -> None:
    child = begin(MEEK, tmp_path)
    assert end_leftovers(tmp_path) == 1
    assert child.poll() is not None


def test_leaves_every_other_home_alone(begin: Begin, tmp_path: Path) -> None:
    other = begin(MEEK, tmp_path / "home2")
    assert end_leftovers(tmp_path / "home") == 0
    assert other.poll() is None


def test_kills_what_does_not_end_by_itself(begin: Begin, tmp_path: Path) -> None:
    child = begin(STUBBORN, tmp_path)
    end_leftovers(tmp_path, patience_seconds=0.2)
    assert child.poll() is not None


def test_leaves_a_shell_that_somebody_opened_in_the_home(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"], cwd=tmp_path) as shell:
        try:
            assert list(processes_of(tmp_path)) == []
        finally:
            shell.kill()
