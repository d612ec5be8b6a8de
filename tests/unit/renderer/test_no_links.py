"""What is code, an e-mail address or a word is no link."""

import pytest

from renderer.domain import render
from tests.unit.renderer.browser_view import links_of

NO_LINKS = [
    "ann@example.org",
    "ann@www.example.org",
    "ann.www.example.org@example.org",
    "mailto:ann@example.org",
    "first.last.me@example.org",
    "ann-b@my-example.org",
    "ann_b@my_example.org",
    "example.org@example.com",
    "www.example.example",
    "readme.unknown",
    "I am done.So are you",
    "Example.Com",
    "e.g. this, i.e. that",
    "1.2.3 or 192.0.2.1",
    "localhost:8000",
    "example..org",
    ".org",
    "-example.org",
    "path/to/example.org",
    "C:\\example.org",
    "my_module.name",
    "self.name()",
    "example.com_x",
    "example.com-x",
    "a" * 254 + ".org",
    "www",
    "www.",
    "www.)",
    "www...",
    "www.[",
    "http://",
    "https://)",
    "https://...",
    "http://[",
    "xhttp://example.org",
    "a_www.example.org",
    "ftp://example.org",
    "javascript://www.example.org/%0aalert(1)",
    "//www.example.org",
    "/www.example.org",
    "ssh://www.example.org",
]


@pytest.mark.parametrize("source", NO_LINKS)
def test_what_is_no_url_is_no_link(source: str) -> None:
    assert links_of(render(f"see {source} there").html) == []


CODE = [
    "`http://example.org`",
    "`example.org`",
    "`` `http://example.org` ``",
    "```\nhttp://example.org\n```",
    "~~~python\nhttp://example.org\n~~~",
    "    http://example.org",
    "<code>x</code> `www.example.org`",
    "<CODE>www.example.org</CODE>",
]


@pytest.mark.parametrize("source", CODE)
def test_code_stays_as_it_is(source: str) -> None:
    html = render(source).html
    assert links_of(html) == []
    assert "<code" in html
