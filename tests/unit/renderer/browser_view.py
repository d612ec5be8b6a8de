"""HTML as a browser would read it, by a parser that follows the HTML standard."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

TEXT_TAGS = {"a", "abbr", "b", "br", "code", "del", "em", "i", "s", "strong"}
BLOCK_TAGS = {"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"}
TAGS = TEXT_TAGS | BLOCK_TAGS | {"table", "tbody", "td", "th", "thead", "tr"}
ATTRIBUTES = {
    "a": {"href", "title", "rel"},
    "abbr": {"title"},
    "code": {"class"},
    "td": {"align"},
    "th": {"align"},
}
SCHEMES = ("http:", "https:", "mailto:")
REL = "noopener noreferrer nofollow ugc"


def text_of(html: str) -> str:
    """Return what a reader sees."""
    return "".join(node.text_content or "" for node in _nodes(html) if node.is_text_node)


def links_of(html: str) -> list[tuple[str | None, str]]:
    """Return where each link leads, and what it shows."""
    return [(node.attributes.get("href"), node.text()) for node in _nodes(html) if node.tag == "a"]


def check_harmless(html: str) -> None:
    """Fail if there is anything in *html* but what was promised."""
    for node in _nodes(html):
        if node.is_text_node:
            continue
        assert node.tag in TAGS, f"<{node.tag}> in {html}"
        assert set(node.attributes) <= ATTRIBUTES.get(node.tag, set()), html
        assert node.attributes.get("align", "left") in {"left", "center", "right"}, html
        if node.tag == "a":
            assert node.attributes.get("rel") == REL, html
            _check_address(node.attributes.get("href"))


def _check_address(href: str | None) -> None:
    if href is not None:
        assert href.strip().lower().startswith(SCHEMES), href
        assert urlsplit(href.strip()).scheme in {"http", "https", "mailto"}, href


def _nodes(html: str) -> Iterator[LexborNode]:
    tree = LexborHTMLParser(f"<!DOCTYPE html><html><head></head><body>{html}</body></html>")
    [root, head, body] = tree.css("html, head, body")
    assert head.child is None, f"something went to the head: {html}"
    assert not root.attributes, html
    assert not body.attributes, html
    return (node for node in body.traverse(include_text=True) if node != body)
