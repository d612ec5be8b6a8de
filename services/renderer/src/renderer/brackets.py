"""Links in brackets, at a cost that grows with their source and no faster.

Python-Markdown looks for the end of every bracket up to the end of the paragraph, for each of its six kinds of links:
thousands of brackets that nobody closes take it seconds. Images are from strangers, so that they become links too.
"""

import re
from typing import Final, cast
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.inlinepatterns import (
    IMAGE_LINK_RE,
    LINK_RE,
    LinkInlineProcessor,
    ReferenceInlineProcessor,
    ShortReferenceInlineProcessor,
)
from markdown.treeprocessors import InlineProcessor as InlineTree
from markdown.util import AtomicString

BRACKET: Final = re.compile(r"[\[\]]")
QUOTES: Final = "'\""
MAX_NESTED: Final = 8
# Characters read for addresses, in all of a source; those of all links that have an end are far fewer.
MAX_READ_CHARS: Final = 200_000


class Brackets(Extension):
    """Python-Markdown's way to replace patterns, by their names and with their priorities."""

    def __init__(self) -> None:
        super().__init__()
        self.read_chars = 0

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown calls it so
        """Replace the patterns for links and for images in *md*."""
        md.registerExtension(self)
        patterns = md.inlinePatterns
        patterns.register(_Reference(LINK_RE, md, self), "reference", 170)
        patterns.register(_Link(LINK_RE, md, self), "link", 160)
        patterns.register(_Link(IMAGE_LINK_RE, md, self), "image_link", 150)
        patterns.register(_Reference(IMAGE_LINK_RE, md, self), "image_reference", 140)
        patterns.register(_ShortReference(LINK_RE, md, self), "short_reference", 130)
        patterns.register(_ShortReference(IMAGE_LINK_RE, md, self), "short_image_ref", 125)

    def reset(self) -> None:
        """Begin another source."""
        self.read_chars = 0


class _Bounded(LinkInlineProcessor):
    def __init__(self, pattern: str, md: Markdown, brackets: Brackets) -> None:
        super().__init__(pattern, md)
        self._brackets = brackets

    def getText(self, data: str, index: int) -> tuple[str, int, bool]:  # noqa: N802
        depth = 1
        for bracket in BRACKET.finditer(data, index):
            depth += 1 if bracket[0] == "[" else -1
            if depth == 0:
                return data[index : bracket.start()], bracket.end(), True
            if depth > MAX_NESTED:
                break
        return "", index, False

    def getLink(self, data: str, index: int) -> tuple[str, str | None, int, bool]:  # noqa: N802
        if self._brackets.read_chars > MAX_READ_CHARS:
            return "", None, index, False
        href, title, end, is_link = super().getLink(data, index)
        # For the end of a title it may have read on to the end of the paragraph and come back.
        has_title = any(quote in data[index:end] for quote in QUOTES)
        self._brackets.read_chars += (len(data) if has_title else end) - index
        return href, title, end, is_link

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element | str | None, int | None, int | None]:
        link, start, end = super().handleMatch(m, data)
        if isinstance(link, Element):
            link.text = link.text or AtomicString(link.get("href", ""))
            if "a" in cast(InlineTree, self.md.treeprocessors["inline"]).ancestors:
                link.tag = "span"  # of which the sanitiser leaves the text
        return link, start, end


class _Link(_Bounded):
    pass


class _Reference(_Bounded, ReferenceInlineProcessor):
    pass


class _ShortReference(_Bounded, ShortReferenceInlineProcessor):
    pass
