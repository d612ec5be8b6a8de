"""Whatever is run takes down no more than the process that it runs in."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from pebble import ProcessPool

from renderer.sandbox import TRIES, DiedError, Sandbox, SandboxBrokenError, TookTooLongError
from tests.unit.renderer.renders import fill_memory, misbehave, name_niceness, name_process

# More than any machine needs for what ends at all.
PLENTY = 60.0


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One process for all the tests: each of them finds what the one before it left behind."""
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()


@pytest.fixture
def create_sandbox() -> Iterator[Callable[..., Sandbox]]:
    made: list[Sandbox] = []

    def create(**options: int) -> Sandbox:
        made.append(Sandbox(**options))
        return made[-1]

    yield create
    for sandbox in made:
        sandbox.close()


def test_what_is_run_answers(sandbox: Sandbox) -> None:
    assert sandbox.run(misbehave, "<hello>", seconds=PLENTY) == "<HELLO>"


@pytest.mark.parametrize("source", ["sleep", "spin"])
def test_what_takes_for_ever_is_given_up(sandbox: Sandbox, source: str) -> None:
    with pytest.raises(TookTooLongError):
        sandbox.run(misbehave, source, seconds=0.3)
    assert sandbox.run(misbehave, "hello", seconds=PLENTY) == "HELLO"


def test_what_all_were_frozen_over_is_tried_again(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("renderer.sandbox.KILL_SECONDS", 0.5)
    assert sandbox.run(misbehave, f"freeze-once {tmp_path / 'marker'} {os.getpid()}", seconds=1) == "survived"


@pytest.mark.parametrize(("source", "error"), [("fail it", ValueError), ("recurse", RecursionError)])
def test_an_error_is_that_of_what_is_run(sandbox: Sandbox, source: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        sandbox.run(misbehave, source, seconds=PLENTY)
    assert sandbox.run(misbehave, "hello", seconds=PLENTY) == "HELLO"


def test_what_was_killed_by_accident_is_tried_again(sandbox: Sandbox, tmp_path: Path) -> None:
    assert sandbox.run(misbehave, f"die-once {tmp_path / 'marker'}", seconds=PLENTY) == "survived"


def test_what_kills_its_process_is_not_tried_for_ever(sandbox: Sandbox, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(DiedError):
        sandbox.run(misbehave, f"count-and-die {log}", seconds=PLENTY)
    assert log.read_text() == "x" * TRIES


def test_memory_has_an_end(create_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = create_sandbox(memory_bytes=400_000_000)
    assert sandbox.run(fill_memory, 50_000_000, seconds=PLENTY) == 50_000_000
    with pytest.raises((MemoryError, DiedError)):
        sandbox.run(fill_memory, 500_000_000, seconds=PLENTY)


def test_others_go_first(sandbox: Sandbox, create_sandbox: Callable[..., Sandbox]) -> None:
    nice = create_sandbox(niceness=3)
    assert int(nice.run(name_niceness, "", seconds=PLENTY)) == int(sandbox.run(name_niceness, "", seconds=PLENTY)) + 3


def test_several_processes_work_side_by_side(create_sandbox: Callable[..., Sandbox], tmp_path: Path) -> None:
    sandbox = create_sandbox(processes=2)
    meeting = [f"meet {tmp_path / 'a'} {tmp_path / 'b'}", f"meet {tmp_path / 'b'} {tmp_path / 'a'}"]
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(lambda each: sandbox.run(misbehave, each, seconds=PLENTY), meeting)) == ["met", "met"]


def test_nobody_waits_for_ever_for_what_was_begun_just_as_the_processes_broke(
    create_sandbox: Callable[..., Sandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = create_sandbox()
    idle = psutil.Process(int(sandbox.run(name_process, "", seconds=PLENTY)))

    def break_once_it_is_found_sound(pool: ProcessPool) -> None:
        monkeypatch.undo()
        assert pool.active
        idle.kill()
        while pool.active:
            threading.Event().wait(0.01)

    monkeypatch.setattr(ProcessPool, "_check_pool_status", break_once_it_is_found_sound)
    with pytest.raises(SandboxBrokenError):
        sandbox.run(name_process, "", seconds=PLENTY)
    assert sandbox.run(misbehave, "hello", seconds=PLENTY) == "HELLO"


@pytest.mark.parametrize("with_its_parent", [False, True])
def test_a_process_that_dies_while_it_is_idle_is_replaced(
    create_sandbox: Callable[..., Sandbox], *, with_its_parent: bool
) -> None:
    sandbox = create_sandbox()
    idle = psutil.Process(int(sandbox.run(name_process, "", seconds=PLENTY)))
    for process in [idle.parent(), idle] if with_its_parent else [idle]:
        assert process is not None
        process.kill()
    psutil.wait_procs([idle])
    assert another_process_answers(sandbox, idle.pid)


def another_process_answers(sandbox: Sandbox, former: int) -> bool:
    for _ in range(5):
        try:
            return sandbox.run(name_process, "", seconds=PLENTY) != str(former)
        except (SandboxBrokenError, DiedError):
            continue
    return False
