"""Bare links in Markdown: `https://example.org` and `example.org/path` become links, e-mail addresses do not."""

import re
from typing import Final
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.inlinepatterns import HtmlInlineProcessor, InlineProcessor
from markdown.util import AtomicString
from publicsuffixlist import PublicSuffixList

# The vowel signs of the scripts of India, which are no letters to `\w`.
SIGNS: Final = r"\u0900-\u0963\u0966-\u0dff"
# Not in the middle of a word, of an address or of another URL; an underscore before it may be emphasis.
BEFORE: Final = r"(?<![^\W_])(?<![^\W_]_)(?<![@./:\\-])"
REST: Final = r"""[^\s<>"'`\x00-\x1f]"""
SCHEME: Final = rf"(?i:https?://)(?=\w|\[[\da-f:]){REST}++"
# Possessive all along: whatever does not match is left after one look.
LETTERS: Final = rf"(?:[^\W\d_]++|[{SIGNS}]++)++"
LABEL: Final = rf"(?:[^\W_]++|[{SIGNS}-]++)++"
HOST: Final = (
    rf"(?P<host>(?=[^\W_])(?:{LABEL}\.(?=[^\W_]))++(?P<tld>(?i:xn--)[a-zA-Z0-9-]++|{LETTERS}))(?!_*+[^\W_]|[-@(])"
)
BARE_LINK: Final = rf"{BEFORE}(?:{SCHEME}|{HOST}(?::\d{{1,5}}+)?+(?:[/?#]{REST}*+)?+)"
# Read here, so that processes that are forked have it from the beginning.
TOP_LEVEL_DOMAINS: Final = PublicSuffixList(accept_unknown=False, only_icann=True)
MAX_HOST_CHARS: Final = 253  # RFC 1035
TRAILING: Final = ".,;:!?*_~|"
BRACKETS: Final = {")": "(", "]": "["}
# After links in brackets and in angles and raw tags (160, 120, 90 in its own list), before emphasis eats underscores.
PRIORITY: Final = 85
# Raw HTML in which nothing shall become a link.
LINKS_AND_CODE: Final = r"(<((?i:a|code))\b[^<>]*+>[^<]*+</\2\s*+>)"
BEFORE_RAW_TAGS: Final = 95


class BareLinks(Extension):
    """Python-Markdown's way to add a pattern."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown calls it so
        """Add the patterns to *md*."""
        md.inlinePatterns.register(HtmlInlineProcessor(LINKS_AND_CODE, md), "links_and_code", BEFORE_RAW_TAGS)
        md.inlinePatterns.register(_BareLink(BARE_LINK, md), "bare_link", PRIORITY)


class _BareLink(InlineProcessor):
    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(  # type: ignore[override]  # noqa: N802 - the base class is typed for its older way
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        del data
        if m["host"] and not _is_known(m["host"], m["tld"]):
            return None, None, None
        shown = _without_trailing_punctuation(m[0])
        link = Element("a", {"href": f"http://{shown}" if m["host"] else shown})
        link.text = AtomicString(shown)
        return link, m.start(), m.start() + len(shown)


def _is_known(host: str, tld: str) -> bool:
    # "I am done.So are you" has no link: what is one has a small ending, or is all capitals.
    is_meant = tld == tld.lower() or host == host.upper()
    return is_meant and len(host) <= MAX_HOST_CHARS and TOP_LEVEL_DOMAINS.is_public(tld)


def _without_trailing_punctuation(url: str) -> str:
    surplus = {closing: url.count(closing) - url.count(opening) for closing, opening in BRACKETS.items()}
    end = len(url)
    while (last := url[end - 1]) in TRAILING or surplus.get(last, 0) > 0:
        if last in surplus:
            surplus[last] -= 1
        end -= 1
    return url[:end]
