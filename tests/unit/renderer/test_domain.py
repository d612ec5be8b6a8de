"""Markdown becomes HTML that cannot harm whoever reads it."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.domain import MAX_HTML_CHARS, HtmlTooLongError, fallback_html, render
from tests.hostile_markup import hostile_sources
from tests.unit.renderer.browser_view import check_harmless, text_of
from tests.unit.renderer.markup import fragments, texts

HOSTILE = hostile_sources()


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_remains_that_a_browser_would_run_load_or_submit(source: str) -> None:
    check_harmless(render(source).html)


def between(source: str) -> Iterator[str]:
    yield f"hello {source} there"
    yield f"> {source}"
    yield f"- x\n\n    {source}"
    yield f"**{source}**"
    yield f"~~{source}~~"
    yield f"[{source}](http://a.example)"
    yield f"![{source}](http://a.example)"
    yield f"[x]({source})"
    yield f"# {source}"
    yield f"| x |\n|---|\n| {source} |"
    yield f"<b>{source}"
    yield f"example.com/{source}"


@pytest.mark.parametrize("source", HOSTILE)
def test_nor_inside_of_anything_else(source: str) -> None:
    for nested in between(source):
        check_harmless(render(nested).html)


@given(texts)
def test_nor_does_anything_remain_of_what_chance_writes(source: str) -> None:
    check_harmless(render(source).html)


@given(fragments)
def test_nor_of_what_chance_puts_together(source: str) -> None:
    check_harmless(render(source).html)


@given(st.text())
def test_what_cannot_be_rendered_is_shown_as_its_text(source: str) -> None:
    assert text_of(f"<p>{fallback_html(source)}") == source.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def test_what_several_people_wrote_does_not_mix() -> None:
    render("[x]: http://a.example")
    assert render("[x]").html == "<p>[x]</p>"


@given(st.lists(fragments, min_size=2, max_size=4))
def test_what_was_rendered_before_changes_nothing(sources: list[str]) -> None:
    forwards = [render(source) for source in sources]
    backwards = [render(source) for source in reversed(sources)]
    assert forwards == backwards[::-1]


RENDER_ALL = """
from renderer.domain import render
from tests.hostile_markup import hostile_sources
for source in hostile_sources(): print(ascii(render(source)))
"""


def test_every_process_renders_the_same() -> None:
    seeds = ("0", "1", "2")
    outputs = {
        subprocess.run(
            [sys.executable, "-c", RENDER_ALL],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in seeds
    }
    assert outputs == {"".join(f"{render(source)!a}\n" for source in HOSTILE)}


LONG = {
    "a reference to a long address": f"[x]: http://a.example/{'x' * 4000}\n\n" + "[x]" * 1300,
    "a reference with a long title": f'[x]: http://a.example "{"x" * 4000}"\n\n' + "[x]" * 1300,
}


@pytest.mark.parametrize("source", LONG.values(), ids=LONG.keys())
def test_what_becomes_far_longer_than_its_source_is_refused(source: str) -> None:
    with pytest.raises(HtmlTooLongError):
        render(source)


@pytest.mark.parametrize("source", ["<a>" * 2600, "t.co " * 1600, "&" * 8000, "|a" * 2000 + "\n" + "|-" * 1999])
def test_what_is_merely_long_is_rendered(source: str) -> None:
    assert len(source) < len(render(source).html) < MAX_HTML_CHARS / 2
