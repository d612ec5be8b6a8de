"""The last step of every rendering: HTML of a few harmless tags and nothing else."""

import html
import re
from itertools import islice
from typing import Final

import nh3

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
}
ALIGNMENTS: Final = {"align": {"left", "center", "right"}}
SCHEMES: Final = frozenset({"http", "https", "mailto"})
LINK_REL: Final = "noopener noreferrer nofollow ugc"
LANGUAGE_CLASS: Final = re.compile(r"language-[A-Za-z0-9+#-]{1,32}")
# nh3 writes `<`, `>`, `&` and `"` in values as references, so that this is always a tag.
LINK: Final = re.compile(r'<a(?: title="[^"]*+")?+ href="((?i:https?:)[^"]*+)"')
MAX_LINKS: Final = 5
# What is left of strange nesting may nest in another way when it is read again. Two are the rule, four an exception.
MAX_PASSES: Final = 8


class UnstableHtmlError(Exception):
    """Read once more, it became something else each time."""


def clean(markup: str) -> str:
    """Return what of *markup* is of the tags, attributes and schemes above; cleaned again, it stays as it is.

    Raises:
        UnstableHtmlError: Nobody can say what a browser would make of it.
    """
    for _ in range(MAX_PASSES):
        cleaned = _cleaned_once(markup)
        if cleaned == markup:
            return cleaned
        markup = cleaned
    raise UnstableHtmlError


def links_in(clean_html: str) -> tuple[str, ...]:
    """Return the first `MAX_LINKS` distinct http and https addresses that HTML from `clean` links to, in its order."""
    addresses = dict.fromkeys(html.unescape(match[1]) for match in LINK.finditer(clean_html))
    return tuple(islice(addresses, MAX_LINKS))


def _cleaned_once(markup: str) -> str:
    # Who reads HTML leaves out one new line at the beginning of `pre`.
    return _CLEANER.clean(markup).replace("<pre>\n", "<pre>\n\n")


def _only_languages(_tag: str, attribute: str, value: str) -> str | None:
    return value if attribute != "class" or LANGUAGE_CLASS.fullmatch(value) else None


_CLEANER: Final = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=CONTENT_TOO,
    attributes=ATTRIBUTES,
    tag_attribute_values={"td": ALIGNMENTS, "th": ALIGNMENTS},
    attribute_filter=_only_languages,
    url_schemes=SCHEMES,
    url_relative="deny",
    link_rel=LINK_REL,
)
