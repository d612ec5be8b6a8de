"""What is quickly rendered does not wait for what is not, and what cannot be rendered is shown as text."""

from collections.abc import Iterator

import pytest

from renderer.domain import Rendering
from renderer.rendering import BatchNotRenderedError, Renderer, as_text
from tests.unit.renderer.renders import misrender


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    """One for all the tests: each of them finds what the one before it left behind."""
    renderer = Renderer(misrender)
    yield renderer
    renderer.close()


def html(rendering: Rendering | None) -> str | None:
    return rendering.html if rendering else None


def test_many_are_rendered_at_once_in_their_order(renderer: Renderer) -> None:
    assert [html(each) for each in renderer.render_quickly(["<hello>", "a", "", "b"])] == ["<HELLO>", "A", "", "B"]
    assert renderer.render_slowly("<hello>") == Rendering(html="<HELLO>", links=())


@pytest.mark.parametrize("source", ["spin", "fail", "recurse", "swallow"])
def test_what_takes_long_or_fails_is_left_to_the_slow_lane(renderer: Renderer, source: str) -> None:
    assert [html(each) for each in renderer.render_quickly(["a", source, "b"])] == ["A", None, "B"]


@pytest.mark.parametrize("source", ["die", "sleep"])
def test_one_that_cannot_be_interrupted_is_found_by_itself(
    renderer: Renderer, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("renderer.rendering.BATCH_SECONDS", 0.5)
    monkeypatch.setattr("renderer.rendering.SLOW_SECONDS", 0.5)
    with pytest.raises(BatchNotRenderedError):
        renderer.render_quickly(["a", source, "b"])
    monkeypatch.setattr("renderer.rendering.SLOW_SECONDS", 60)
    assert [renderer.render_quickly([each]) for each in ("a", "b")] == [[misrender("a")], [misrender("b")]]
    monkeypatch.setattr("renderer.rendering.SLOW_SECONDS", 0.5)
    assert renderer.render_quickly([source]) == [None]


@pytest.mark.parametrize("source", ["spin", "sleep", "die", "fail", "recurse"])
def test_what_cannot_be_rendered_at_all_is_given_up(
    renderer: Renderer, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("renderer.rendering.SLOW_SECONDS", 0.5)
    assert renderer.render_slowly(source) is None


def test_what_is_shown_as_text_is_escaped() -> None:
    assert as_text("<b>&\"'") == Rendering(html="&lt;b&gt;&amp;&quot;&#x27;", links=())
