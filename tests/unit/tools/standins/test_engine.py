import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tools.standins import engine


@pytest.fixture(autouse=True)
def note(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(engine, "NOTE", tmp_path / "note")
    monkeypatch.setattr(engine, "STOP_SECONDS", 10.0)
    return tmp_path / "note"


@pytest.fixture
def started(note: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that the note says is the engine."""
    with subprocess.Popen(["sleep", "600"]) as child:
        write(note, child.pid, psutil.Process(child.pid).create_time())
        yield child
        child.kill()


def write(note: Path, pid: int, created_at: float) -> None:
    note.write_text(json.dumps({"pid": pid, "created_at": created_at}))


def test_an_engine_that_was_started_here_is_known(started: subprocess.Popen[bytes]) -> None:
    found = engine.started_engine()
    assert found
    assert found.pid == started.pid


def test_an_engine_that_was_started_here_is_stopped(started: subprocess.Popen[bytes], note: Path) -> None:
    engine.stop_engine()
    assert started.poll() is not None
    assert not note.exists()


def test_another_process_with_the_same_id_is_left_alone(started: subprocess.Popen[bytes], note: Path) -> None:
    write(note, started.pid, created_at=1.0)
    engine.stop_engine()
    assert started.poll() is None


def test_an_engine_that_ended_is_none(started: subprocess.Popen[bytes]) -> None:
    started.kill()
    started.wait()
    assert engine.started_engine() is None


def test_an_engine_whose_end_nobody_noticed_is_none(started: subprocess.Popen[bytes]) -> None:
    started.kill()
    os.waitid(os.P_PID, started.pid, os.WEXITED | os.WNOWAIT)
    assert engine.started_engine() is None


def test_an_engine_that_was_not_started_here_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    engine.stop_engine()
    assert capsys.readouterr().out == "No Docker engine was started here; nothing is stopped.\n"


def test_a_broken_note_is_none(note: Path) -> None:
    note.write_text("{")
    assert engine.started_engine() is None
