"""What looks like a link is one, wherever it stands."""

import pytest

from renderer.domain import render
from tests.unit.renderer.browser_view import links_of


def links(source: str) -> list[tuple[str | None, str]]:
    return links_of(render(source).html)


def hrefs(source: str) -> list[str | None]:
    return [href for href, _shown in links(source)]


BARE = [
    "http://example.org",
    "https://example.org/",
    "https://example.org:8443/a/b.html?c=d&e=f#g",
    "https://example.org/a_b_c__d*e",
    "https://example.org/(a)",
    "https://example.org/a_(b)_(c)",
    "https://example.org/~ann/",
    "https://example.org/a,b;c:d",
    "https://example.org/%20",
    "http://[2001:db8::1]/",
    "http://192.0.2.1/",
    "https://grüße.example/straße",
    "https://例え.example/",
    "HTTPS://EXAMPLE.ORG/",
    "Https://example.org",
]


@pytest.mark.parametrize("url", BARE)
def test_a_bare_url_is_a_link_to_itself(url: str) -> None:
    assert links(f"see {url} there") == [(url, url)]


HOSTS = [
    "example.org",
    "example.com/path",
    "example.com:8080/path?a=b#c",
    "example.com?a=b",
    "www.example.org",
    "Www.example.org/a",
    "EXAMPLE.ORG",
    "a.b-c.d1.example.co.uk",
    "sub.example.рф",
    "例え.中国/道",
    "उदाहरण.भारत",
    "xn--e1afmkfd.xn--p1ai",
    "1.example.museum",
    "example.com/a_b_(c)",
]


@pytest.mark.parametrize("host", HOSTS)
def test_a_bare_host_below_a_known_top_level_domain_is_a_link(host: str) -> None:
    assert links(f"see {host} there") == [(f"http://{host}", host)]
    assert links(host) == [(f"http://{host}", host)]


MARKS = [".", ",", ";", ":", "!", "?", "...", "?!", ")", ").", "]", "],", "*", "|", '"', "'", ">"]


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_behind_a_link_belongs_to_the_sentence(mark: str) -> None:
    assert links(f"Have you seen http://example.org/a{mark}") == [("http://example.org/a", "http://example.org/a")]
    assert links(f"Have you seen example.org{mark}") == [("http://example.org", "example.org")]
    assert links(f"Have you seen example.org/a{mark} b") == [("http://example.org/a", "example.org/a")]


@pytest.mark.parametrize("brackets", ["()", "[]", "<>", '""', "''", "**", "||"])
def test_a_link_may_stand_in_brackets(brackets: str) -> None:
    assert hrefs(f"see {brackets[0]}http://example.org/a{brackets[1]} there") == ["http://example.org/a"]


@pytest.mark.parametrize(
    "brackets",
    [
        "(see {})",
        "[[{}]]",
        "([{}])",
        "(({}))",
        "({}, too)",
        "**{}**",
        "_{}_",
        "__{}__",
        "*{}*",
        "~~{}~~",
        "> {}",
        "- {}",
        "# {}",
        "1. {}",
    ],
)
def test_a_link_may_stand_in_anything(brackets: str) -> None:
    assert hrefs(brackets.format("example.org")) == ["http://example.org"]
    assert hrefs(brackets.format("http://example.org/a_(b)")) == ["http://example.org/a_(b)"]


def test_a_link_may_stand_in_a_table() -> None:
    assert hrefs("| a |\n|---|\n| http://example.org |") == ["http://example.org"]


def test_several_links_stand_beside_each_other() -> None:
    assert hrefs("http://a.example http://b.example\nwww.example.org") == [
        "http://a.example",
        "http://b.example",
        "http://www.example.org",
    ]


def test_a_link_in_a_link_is_one_link() -> None:
    assert links("[see www.example.org](http://other.example)") == [("http://other.example", "see www.example.org")]
    assert links("[*http://a.example*](http://other.example)") == [("http://other.example", "http://a.example")]
    assert links("![example.org](http://other.example)") == [("http://other.example", "example.org")]
    assert links("<a href='http://other.example'>example.org</a>") == [("http://other.example", "example.org")]
    assert links("<a title='example.org' href=http://other.example>x</a>") == [("http://other.example", "x")]


def test_a_link_in_angles_is_one_link() -> None:
    assert links("<http://example.org/a>") == [("http://example.org/a", "http://example.org/a")]


def test_an_address_in_angles_is_what_its_author_wanted() -> None:
    assert hrefs("<ann@example.org>") == ["mailto:ann@example.org"]
