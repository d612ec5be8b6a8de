"""Two marks that Python-Markdown does not have: `~~strike~~`, and a backslash at the end of a line that breaks it."""

from typing import Final, cast

from markdown import Extension, Markdown
from markdown.inlinepatterns import DelimiterProcessor, SubstituteTagInlineProcessor

BACKSLASH_BREAK: Final = r"\\\n"
# Before the two spaces that break a line too.
PRIORITY: Final = 105


class Marks(Extension):
    """Python-Markdown's way to add patterns."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown calls it so
        """Add the marks to *md*."""
        md.ESCAPED_CHARS.append("~")
        cast(DelimiterProcessor, md.delimiters).add("~", "del", double=True)
        md.inlinePatterns.register(SubstituteTagInlineProcessor(BACKSLASH_BREAK, "br"), "backslash_break", PRIORITY)
