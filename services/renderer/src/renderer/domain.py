"""Markdown from strangers to HTML that is safe to insert into a page."""

import html
import re
from functools import cache
from typing import Final

import nh3
from markdown import Markdown

from renderer.links import BareLinks

LANGUAGE_CLASS: Final = re.compile(r"language-[A-Za-z0-9+#-]{1,32}")

TAGS: Final = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "code",
        "del",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "strong",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
# What these hold was never meant to be read.
CONTENT_TOO: Final = frozenset(
    [
        "script",
        "style",
        "svg",
        "math",
        "iframe",
        "object",
        "embed",
        "noscript",
        "noembed",
        "noframes",
        "template",
        "title",
        "textarea",
        "xmp",
    ]
)
ATTRIBUTES: Final[dict[str, set[str]]] = {
    "*": set(),  # without this nh3 allows `lang` and `title` everywhere
    "a": {"href", "title"},
    "abbr": {"title"},
    "code": {"class"},
    "td": {"align"},
    "th": {"align"},
}
SCHEMES: Final = frozenset({"http", "https", "mailto"})
LINK_REL: Final = "noopener noreferrer nofollow ugc"


def to_html(source: str) -> str:
    """Return *source*, in Markdown, as HTML of the tags, attributes and schemes above and nothing else."""
    try:
        rendered = _markdown().reset().convert(source)
    except BaseException:
        _markdown.cache_clear()  # nobody knows what it was in the middle of
        raise
    return _CLEANER.clean(rendered)


def fallback_html(source: str) -> str:
    """Return what is shown of *source* when it cannot be rendered: its text."""
    return html.escape(source)


@cache
def _markdown() -> Markdown:
    # To make one takes longer than most messages.
    return Markdown(
        extensions=["fenced_code", "tables", "sane_lists", "nl2br", BareLinks()],
        extension_configs={"tables": {"use_align_attribute": True}},
        output_format="html",
    )


def _only_languages(_tag: str, attribute: str, value: str) -> str | None:
    return value if attribute != "class" or LANGUAGE_CLASS.fullmatch(value) else None


_CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=CONTENT_TOO,
    attributes=ATTRIBUTES,
    attribute_filter=_only_languages,
    url_schemes=SCHEMES,
    url_relative="deny",
    link_rel=LINK_REL,
)
