"""Finds those few tags of a page that tell about it, in time and memory that grow with its length and no faster.

A parser of HTML builds a tree, and some pages are made so that this takes minutes: a hundred thousand nested tags, or
attributes. What is found here is flat, and few.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

MAX_TAGS: Final = 500
MAX_TAG_CHARS: Final = 8_000

# What follows these is no markup until it is closed; the titles in a drawing are not the page's.
OPAQUE: Final = "script|style|textarea|xmp|iframe|noembed|noframes|svg|math"
NEXT: Final = re.compile(
    rf"<(?:(!--)|({OPAQUE})(?=[\s/>])|(title)(?=[\s/>])|(meta|link|base)(?=[\s/>]))", re.IGNORECASE
)
# A ">" in quotes does not end a tag.
WHOLE_TAG: Final = re.compile(r"""<(?:[^>"']++|"[^"]*+"|'[^']*+')*+>""")


def telling_tags(text: str) -> str:
    """Return the first `MAX_TAGS` of the `title`, `meta`, `link` and `base` tags of *text*, a page."""
    return "".join(islice(_tags(text), MAX_TAGS))


def _tags(text: str) -> Iterator[str]:
    at = 0
    while found := NEXT.search(text, at):
        comment, opaque, title, _telling = found.groups()
        at = found.end()
        if comment or opaque:
            at = _end_of(text, "-->" if comment else f"</{opaque}", at)
        elif title:
            at = _end_of(text, "</title", at)
            yield f"{text[found.start() : min(at, found.start() + MAX_TAG_CHARS)]}</title>"
        else:
            tag = WHOLE_TAG.match(text, found.start(), found.start() + MAX_TAG_CHARS)
            at = tag.end() if tag else at
            yield tag.group() if tag else ""  # one that does not end is one of those few, too


def _end_of(text: str, mark: str, at: int) -> int:
    """Return where *mark* begins, in whatever case; what never ends takes the rest."""
    found = re.compile(re.escape(mark), re.IGNORECASE).search(text, at)
    return found.start() if found else len(text)
