"""Bare links in Markdown: `https://example.org` and `www.example.org` become links, e-mail addresses do not."""

import re
from typing import Final
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

# Not in the middle of a word, of an address or of another URL; an underscore before it may be emphasis.
BARE_LINK: Final = (
    r"""(?<![^\W_])(?<![^\W_]_)(?<![@./:-])((?i:https?://(?=\w|\[[\da-f:])|www\.(?=\w))[^\s<>"'`\x00-\x1f]+)"""
)
TRAILING: Final = ".,;:!?*_~|"
BRACKETS: Final = {")": "(", "]": "["}
# After links in brackets and in angles and raw tags (160, 120, 90 in its own list), before emphasis eats underscores.
PRIORITY: Final = 85


class BareLinks(Extension):
    """Python-Markdown's way to add a pattern."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown calls it so
        """Add the pattern to *md*."""
        md.inlinePatterns.register(_BareLink(BARE_LINK, md), "bare_link", PRIORITY)


class _BareLink(InlineProcessor):
    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(  # type: ignore[override]  # noqa: N802 - the base class is typed for its older way
        self, m: re.Match[str], data: str
    ) -> tuple[Element, int, int]:
        del data
        shown = _without_trailing_punctuation(m.group(1))
        link = Element("a", {"href": shown if "://" in shown else f"http://{shown}"})
        link.text = AtomicString(shown)
        return link, m.start(1), m.start(1) + len(shown)


def _without_trailing_punctuation(url: str) -> str:
    url = url.rstrip(TRAILING)
    while (opening := BRACKETS.get(url[-1])) and url.count(url[-1]) > url.count(opening):
        url = url[:-1].rstrip(TRAILING)
    return url
