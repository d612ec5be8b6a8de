"""Markdown from strangers to HTML that is safe to insert into a page."""

import html
from dataclasses import dataclass
from functools import cache
from typing import Final

from markdown import Markdown

from renderer.links import BareLinks
from renderer.sanitiser import clean, links_in

EXTENSIONS: Final = ("fenced_code", "tables", "sane_lists", "nl2br")


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
    """Return *source*, in Markdown, as HTML of the tags, attributes and schemes of the sanitiser and nothing else."""
    try:
        markup = _markdown().reset().convert(source)
    except BaseException:
        _markdown.cache_clear()  # nobody knows what it was in the middle of
        raise
    safe = clean(markup)
    return Rendering(html=safe, links=links_in(safe))


def to_html(source: str) -> str:
    """Return the html of *source* alone."""
    return render(source).html


def fallback_html(source: str) -> str:
    """Return what is shown of *source* when it cannot be rendered: its text."""
    return html.escape(source)


@cache
def _markdown() -> Markdown:
    # To make one takes longer than most messages.
    return Markdown(
        extensions=[*EXTENSIONS, BareLinks()],
        extension_configs={"tables": {"use_align_attribute": True}},
        output_format="html",
    )
