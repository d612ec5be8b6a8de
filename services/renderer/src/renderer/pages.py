"""What a page says about itself, as text that anybody may have written."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from renderer.charsets import decode
from renderer.markup import telling_tags
from renderer.urls import RefusedError, join, parse

MAX_TEXT_CHARS: Final = 300
SNIFFED_BYTES: Final = 1024
UTF16_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")
# How images, archives and PDF begin.
NOT_PAGES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"%PDF-", b"PK\x03\x04", b"\x1f\x8b")
# Control and format characters (of which some turn text around), and surrogates.
NOT_TEXT: Final = frozenset({"Cc", "Cf", "Cs"})
# Format characters without which Persian is misspelt and families of emoji fall apart.
JOINERS: Final = "\u200c\u200d"

TITLES: Final = ("og:title", "twitter:title")
DESCRIPTIONS: Final = ("og:description", "twitter:description", "description")
SITE_NAMES: Final = ("og:site_name", "application-name")
IMAGES: Final = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src")


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What a page says about itself; each is None if it does not say.

    Attributes:
        title: Text, not HTML, in one line of at most 300 characters; so are `description` and `site_name`.
        image_url: Absolute, http or https; whether its host may be asked is another question.
    """

    title: str | None
    description: str | None
    site_name: str | None
    image_url: str | None


def read_page(body: bytes, content_type: str, url: str) -> Page | None:
    """Return what the page *body* says about itself; None if it is no text at all.

    OpenGraph comes first, then Twitter's cards, then plain HTML, for each field by itself.

    Args:
        content_type: The header it came with.
        url: Where it came from, after redirects.
    """
    if _is_binary(body):
        return None
    tags = LexborHTMLParser(telling_tags(decode(body, content_type)))
    metas = _metas(tags)
    titles = (node.text() for node in tags.css("title"))
    images = [*_contents(metas, IMAGES), *_links(tags, "image_src")]
    return Page(
        title=_first_text([*_contents(metas, TITLES), *titles]),
        description=_first_text(_contents(metas, DESCRIPTIONS)),
        site_name=_first_text(_contents(metas, SITE_NAMES)),
        image_url=_first_url(images, _base_url(tags, url)),
    )


def _is_binary(body: bytes) -> bool:
    return body.startswith(NOT_PAGES) or (b"\0" in body[:SNIFFED_BYTES] and not body.startswith(UTF16_BOMS))


def _metas(tags: LexborHTMLParser) -> list[tuple[str, str]]:
    named = []
    for meta in tags.css("meta"):
        # OpenGraph says `property` and Twitter `name`; half of the pages have it the other way round.
        names = {(meta.attributes.get(key) or "").strip().lower() for key in ("property", "name")}
        named += [(name, meta.attributes.get("content") or "") for name in names]
    return named


def _contents(metas: list[tuple[str, str]], names: Iterable[str]) -> list[str]:
    return [content for name in names for meta, content in metas if meta == name]


def _links(tags: LexborHTMLParser, rel: str) -> list[str]:
    links = [link.attributes for link in tags.css("link")]
    return [link.get("href") or "" for link in links if (link.get("rel") or "").lower() == rel]


def _base_url(tags: LexborHTMLParser, url: str) -> str:
    base = tags.css_first("base")
    return _first_url([(base and base.attributes.get("href")) or ""], url) or url


def _first_text(candidates: Iterable[str]) -> str | None:
    return next((text for candidate in candidates if (text := _line(candidate))), None)


def _line(text: str) -> str:
    """Return *text* in one line, cut to `MAX_TEXT_CHARS`."""
    line = " ".join(text.split())
    line = " ".join("".join(filter(_is_text, line)).split()).strip(JOINERS)
    return line if len(line) <= MAX_TEXT_CHARS else f"{line[: MAX_TEXT_CHARS - 1].rstrip()}…"


def _is_text(char: str) -> bool:
    return char in JOINERS or unicodedata.category(char) not in NOT_TEXT


def _first_url(candidates: Iterable[str], base: str) -> str | None:
    for candidate in candidates:
        if reference := candidate.strip():
            try:
                return parse(join(base, reference.replace(" ", "%20"))).url
            except RefusedError:
                continue
    return None
