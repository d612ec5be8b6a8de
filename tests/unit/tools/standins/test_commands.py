import functools
import shutil
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tools.standins import commands
from tools.standins.commands import answer_of, run
from tools.standins.errors import CommandFailedError

FAILS_ONCE = "test -e tried || { touch tried; exit 1; }"
LEAVES_A_CHILD = "sleep 600 & echo $! >child; exit 1"


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(commands, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(commands, "LOG", tmp_path / "log")
    return tmp_path / "log"


def test_what_a_program_prints_is_logged(log: Path) -> None:
    run("echo", "hello", seconds=10)
    assert log.read_text() == "hello\n"


def test_the_end_of_the_log_says_why_a_program_failed() -> None:
    with pytest.raises(CommandFailedError, match=r"(?s)^cat no-such-file failed; .*No such file or directory"):
        run("cat", "--", "no-such-file", seconds=10)


def test_a_network_that_failed_once_is_tried_again(tmp_path: Path) -> None:
    run("sh", "-c", FAILS_ONCE, seconds=10, attempts=2, folder=tmp_path)


def test_what_an_attempt_left_behind_can_be_cleared_before_the_next(tmp_path: Path) -> None:
    clear = functools.partial(shutil.rmtree, tmp_path / "target", ignore_errors=True)
    run("sh", "-c", f"mkdir target && {FAILS_ONCE}", seconds=10, attempts=2, folder=tmp_path, prepare=clear)


def test_it_is_not_tried_for_ever(log: Path) -> None:
    with pytest.raises(CommandFailedError):
        run("sh", "-c", "echo again; false", seconds=10, attempts=3)
    assert log.read_text() == "again\n" * 3


def test_nothing_is_left_of_a_program_that_failed(tmp_path: Path) -> None:
    with pytest.raises(CommandFailedError):
        run("sh", "-c", LEAVES_A_CHILD, seconds=10, folder=tmp_path)
    with suppress(psutil.NoSuchProcess):
        psutil.Process(int((tmp_path / "child").read_text())).wait(10)


def test_a_program_that_takes_too_long_has_failed() -> None:
    with pytest.raises(CommandFailedError, match=r"^sleep 600 failed"):
        run("sleep", "600", seconds=0.2)


def test_a_program_gets_the_variables_it_needs(log: Path) -> None:
    run("sh", "-c", "echo $DOCKER_BUILDKIT", seconds=10, environment={"DOCKER_BUILDKIT": "1"})
    assert log.read_text() == "1\n"


def test_an_answer_is_what_a_program_prints() -> None:
    assert answer_of("echo", "28.2") == "28.2"


@pytest.mark.parametrize("command", [("false",), ("no-such-program",), ("sleep", "600")])
def test_no_answer_is_none(command: tuple[str, ...]) -> None:
    assert answer_of(*command, seconds=0.5) is None
