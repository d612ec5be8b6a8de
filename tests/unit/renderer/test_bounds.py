"""What takes Python-Markdown seconds, or all of its stack, is rendered like anything else of its length."""

import re
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from renderer.domain import render
from renderer.links import BARE_LINK, LINKS_AND_CODE
from tests.unit.renderer.browser_view import check_harmless, text_of

CHARS = 8000
# Lines of Python that are run; a message of this length that is full of marks takes about as many.
MAX_LINES = 3_000_000

ONCE = {
    "a word": "a" * CHARS,
    "open brackets": "[" * 4000,
    "open images": "![" * 4000,
    "open links": "[a](" * 1000,
    "open addresses": "[a](<" * 1600,
    "open titles": '[a]("b' * 1300,
    "open titles, closed once": '[a]("b c)' * 800,
    "open brackets and emphasis": "[*a " * 2000,
    "open lines": "[a\n" * 2600,
    "nested brackets": "[" * 2000 + "a" + "]" * 2000 + "(" * 2000,
    "nested links": "[" * 1600 + "a" + "](b)" * 1600,
    "quotes": ">" * CHARS,
    "quotes and blanks": "> " * 4000,
    "lists": "- " * 3999 + "x",
    "numbers": "1. " * 2600,
    "lists in quotes": "- > " * 2000,
    "dots": "a." * 4000,
    "a long host": "a." * 3998 + "com",
    "no hosts": "a.b " * 2000,
    "strikes": "~~" * 4000,
    "open strikes": "~~a " * 2000,
    "www": "www." * 2000,
    "schemes": "http://" * 1000,
    "links in brackets": "(www.a" * 1300,
    "closing brackets": "http://example.org/" + ")" * 7900,
    "dots behind a link": "example.org/a" + "." * 7900,
    "wide tables": "|a" * 500 + "\n" + "|-" * 500 + "\n" + "|\n" * 2900,
    "wide tables of nobody's cells": "|a" * 60 + "\n" + "|-" * 60 + "\n" + "|\n" * 3800,
}


@pytest.mark.parametrize("source", ONCE.values(), ids=ONCE.keys())
def test_a_strange_source_takes_no_more_than_others(source: str) -> None:
    source = source[:CHARS]
    assert 0 < lines_run(lambda: render(source)) < MAX_LINES
    html = render(source).html
    assert len(html) < 20 * CHARS
    check_harmless(html)


@pytest.mark.parametrize("source", ["[" * 4000, "![" * 4000, "a" * CHARS, "www." * 2000, "a." * 3998 + "com"])
def test_what_means_nothing_stays_text(source: str) -> None:
    assert text_of(render(source).html) == source


@pytest.mark.parametrize(("mark", "tag"), [("> ", "blockquote"), ("- ", "ul"), ("1. ", "ol")])
def test_nesting_ends_somewhere_and_nothing_is_lost(mark: str, tag: str) -> None:
    html = render(mark * 100 + "x").html
    assert 10 < html.count(f"<{tag}>") < 30
    shown = text_of(html).replace("\n", "")
    assert shown == mark * (100 - html.count(f"<{tag}>")) + "x"


def test_nesting_ends_at_the_same_depth_for_every_caller() -> None:
    source = "> " * 500 + "x"

    def deeper(calls: int) -> str:
        return render(source).html if calls == 0 else deeper(calls - 1)

    assert deeper(400) == deeper(0)


LINEAR = [
    "a",
    "a.",
    "a.b ",
    "a.a-",
    "www.",
    "http://",
    "(www.a",
    "~~",
    "a@",
    "_",
    "a.com_",
    "के.",
    "xn--a.",
    "<a>",
    "<code>",
]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("part", LINEAR)
def test_to_look_for_links_takes_as_long_as_there_is_text(part: str) -> None:
    # What looks at anything more than a few times needs hours for this.
    text = part * (1_000_000 // len(part))
    assert len(re.sub(BARE_LINK, "", re.sub(LINKS_AND_CODE, "", text))) <= len(text)


def lines_run(work: Callable[[], object]) -> int:
    """Return how many lines of Python *work* takes; stop it when they are too many."""
    lines = 0

    def trace(_frame: FrameType, event: str, _what: Any) -> Callable[[FrameType, str, Any], Any]:
        nonlocal lines
        lines += event == "line"
        if lines > MAX_LINES:
            raise TooManyLinesError
        return trace

    outer = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(outer)
    return lines


class TooManyLinesError(Exception):
    """It takes more than others of its length."""
