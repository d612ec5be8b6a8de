"""Quotes, lists and tables within bounds, whatever a source says.

Nesting ends at a depth of its own: Python-Markdown goes on up to the recursion limit, which depends on who called.
"""

from typing import Final
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.blockprocessors import BlockProcessor, BlockQuoteProcessor
from markdown.extensions.sane_lists import SaneOListProcessor, SaneUListProcessor
from markdown.extensions.tables import TableProcessor

MAX_NESTED: Final = 24
# A row has the cells of the first row, also those that it does not name; what is all written out has fewer.
MAX_CELLS: Final = 4_000


class Blocks(Extension):
    """Python-Markdown's way to replace its processors, by their names and with their priorities."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown calls it so
        """Replace the processors of quotes, lists and tables in *md*."""
        processors = md.parser.blockprocessors
        processors.register(_Table(md.parser, {"use_align_attribute": True}), "table", 75)
        processors.register(_OrderedList(md.parser), "olist", 40)
        processors.register(_UnorderedList(md.parser), "ulist", 30)
        processors.register(_Quote(md.parser), "quote", 20)
        md.ESCAPED_CHARS.append("|")


class _Shallow(BlockProcessor):
    def test(self, parent: Element, block: str) -> bool:
        return len(self.parser.state) < MAX_NESTED and super().test(parent, block)


class _Quote(_Shallow, BlockQuoteProcessor):
    pass


class _OrderedList(_Shallow, SaneOListProcessor):
    pass


class _UnorderedList(_Shallow, SaneUListProcessor):
    pass


class _Table(TableProcessor):
    def test(self, parent: Element, block: str) -> bool:
        return super().test(parent, block) and len(self.separator) * block.count("\n") <= MAX_CELLS
