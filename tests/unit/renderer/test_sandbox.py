"""Whatever a source does to the process that renders it, its text is shown, and the next one is rendered."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from renderer.domain import fallback_html
from renderer.sandbox import TRIES, BatchNotRenderedError, Sandbox, SandboxBrokenError
from tests.unit.renderer.renders import misbehave, name_process


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One process for all the tests: each of them finds what the one before it left behind."""
    sandbox = Sandbox(misbehave)
    yield sandbox
    sandbox.close()


@pytest.fixture(autouse=True)
def limit(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the seconds that a rendering may take; at first more than any machine needs."""

    def be(seconds: float) -> None:
        monkeypatch.setattr("renderer.sandbox.RENDER_SECONDS", seconds)

    be(60)
    return be


def test_a_source_is_rendered(sandbox: Sandbox) -> None:
    assert sandbox.render("<hello>") == "<HELLO>"


def test_many_are_rendered_at_once_in_their_order(sandbox: Sandbox) -> None:
    assert sandbox.render_all(["<hello>", "a", "", "b"]) == ["<HELLO>", "A", "", "B"]
    assert sandbox.render_all(["<hello>"]) == ["<HELLO>"]


@pytest.mark.parametrize("source", ["spin", "die", "fail", "recurse"])
def test_of_several_none_is_rendered_if_one_makes_trouble(
    sandbox: Sandbox, limit: Callable[[float], None], source: str
) -> None:
    limit(0.5 if source == "spin" else 60)
    with pytest.raises(BatchNotRenderedError):
        sandbox.render_all(["a", source, "b"])
    # Then they come one by one.
    assert [sandbox.render_all([each]) for each in ("a", source, "b")] == [["A"], [source], ["B"]]


@pytest.mark.parametrize("source", ["sleep", "spin"])
def test_a_source_that_takes_for_ever_is_given_up(
    sandbox: Sandbox, limit: Callable[[float], None], source: str
) -> None:
    limit(0.3)
    assert sandbox.render(source) == source
    limit(60)
    assert sandbox.render("hello") == "HELLO"


def test_a_source_that_all_were_frozen_over_is_tried_again(
    sandbox: Sandbox, limit: Callable[[float], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("renderer.sandbox.KILL_SECONDS", 0.5)
    limit(1)
    assert sandbox.render(f"freeze-once {tmp_path / 'marker'} {os.getpid()}") == "survived"


@pytest.mark.parametrize("source", ["die", "fail", "recurse"])
def test_a_source_that_cannot_be_rendered_is_shown_as_text(sandbox: Sandbox, source: str) -> None:
    assert sandbox.render(source) == source
    assert sandbox.render("hello") == "HELLO"


def test_what_is_shown_as_text_is_escaped(sandbox: Sandbox) -> None:
    assert sandbox.render("fail <b>&\"'") == "fail &lt;b&gt;&amp;&quot;&#x27;"


def test_a_source_whose_process_was_killed_by_accident_is_tried_again(sandbox: Sandbox, tmp_path: Path) -> None:
    assert sandbox.render(f"die-once {tmp_path / 'marker'}") == "survived"


def test_a_source_that_kills_its_process_is_not_tried_for_ever(sandbox: Sandbox, tmp_path: Path) -> None:
    log = tmp_path / "log"
    sandbox.render(f"count-and-die {log}")
    assert log.read_text() == "x" * TRIES


def test_markdown_that_takes_seconds_is_shown_as_text(limit: Callable[[float], None]) -> None:
    slow = "<a " * 2600
    sandbox = Sandbox()
    try:
        assert sandbox.render("*hello*") == "<p><em>hello</em></p>"
        limit(0.3)
        assert sandbox.render(slow) == fallback_html(slow)
    finally:
        sandbox.close()


@pytest.mark.parametrize("with_its_parent", [False, True])
def test_a_process_that_dies_while_it_is_idle_is_replaced(*, with_its_parent: bool) -> None:
    sandbox = Sandbox(name_process)
    idle = psutil.Process(int(sandbox.render("")))
    for process in [idle.parent(), idle] if with_its_parent else [idle]:
        assert process is not None
        process.kill()
    psutil.wait_procs([idle])
    assert another_process_renders(sandbox, idle.pid)
    sandbox.close()


def another_process_renders(sandbox: Sandbox, former: int) -> bool:
    for _ in range(5):
        try:
            answer = sandbox.render("the source")
        except SandboxBrokenError:
            continue
        return answer not in {"the source", str(former)}
    return False
