"""Markdown from strangers to HTML that is safe to insert into a page."""

import html
from dataclasses import dataclass
from functools import cache
from typing import Final

from markdown import Markdown

from renderer.blocks import Blocks
from renderer.brackets import Brackets
from renderer.links import BareLinks
from renderer.marks import Marks
from renderer.sanitiser import clean, links_in

# What 8,000 characters become stays far below, but for references to long addresses and tags that stay open.
MAX_HTML_CHARS: Final = 250_000


class HtmlTooLongError(Exception):
    """A source became more than `MAX_HTML_CHARS` of HTML."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """What became of a source.

    Attributes:
        html: Safe to insert into a page.
        links: The first five distinct http and https addresses that the html links to, in its order.
    """

    html: str
    links: tuple[str, ...]


def render(source: str) -> Rendering:
    """Return *source*, in Markdown, as HTML of the tags, attributes and schemes of the sanitiser and nothing else.

    Raises:
        HtmlTooLongError: Nobody should have to load what it becomes.
    """
    try:
        markup = _markdown().reset().convert(source)
    except BaseException:
        _markdown.cache_clear()  # nobody knows what it was in the middle of
        raise
    safe = clean(_of_bearable_length(markup))
    return Rendering(html=_of_bearable_length(safe), links=links_in(safe))


def fallback_html(source: str) -> str:
    """Return what is shown of *source* when it cannot be rendered: its text."""
    return html.escape(source)


def _of_bearable_length(markup: str) -> str:
    if len(markup) > MAX_HTML_CHARS:
        raise HtmlTooLongError
    return markup


@cache
def _markdown() -> Markdown:
    # To make one takes longer than most messages.
    return Markdown(
        extensions=["fenced_code", "nl2br", Blocks(), Brackets(), Marks(), BareLinks()], output_format="html"
    )
