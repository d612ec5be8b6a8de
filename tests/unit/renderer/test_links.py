"""What looks like a link is one; what is code, an address or a word is not."""

from html.parser import HTMLParser

import pytest

from renderer.domain import to_html


class Links(HTMLParser):
    """Collects where the links of a page go, and what they show."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str | None, str]] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            assert not self._is_inside, "a link in a link"
            self.found.append((dict(attrs).get("href"), ""))
            self._is_inside = True

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = self._is_inside and tag != "a"

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            href, shown = self.found[-1]
            self.found[-1] = (href, shown + data)


def links(source: str) -> list[tuple[str | None, str]]:
    page = Links()
    page.feed(to_html(source))
    return page.found


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


@pytest.mark.parametrize(
    ("host", "href"), [("www.example.org", "http://www.example.org"), ("Www.example.org/a", "http://Www.example.org/a")]
)
def test_a_bare_host_is_a_link(host: str, href: str) -> None:
    assert links(host) == [(href, host)]


MARKS = [".", ",", ";", ":", "!", "?", "...", "?!", ")", ").", "]", "],", "*", "|", '"', "'", ">"]


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_behind_a_link_belongs_to_the_sentence(mark: str) -> None:
    html = to_html(f"Have you seen http://example.org/a{mark}")
    assert hrefs(f"Have you seen http://example.org/a{mark}") == ["http://example.org/a"]
    assert html.count("http://example.org/a") == 2


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
        "> {}",
        "- {}",
        "# {}",
        "1. {}",
    ],
)
def test_a_link_may_stand_in_anything(brackets: str) -> None:
    assert hrefs(brackets.format("http://example.org/a_(b)")) == ["http://example.org/a_(b)"]


def test_a_link_may_stand_in_a_table() -> None:
    assert hrefs("| a |\n|---|\n| http://example.org |") == ["http://example.org"]


def test_several_links_stand_beside_each_other() -> None:
    assert hrefs("http://a.example http://b.example\nwww.c.example") == [
        "http://a.example",
        "http://b.example",
        "http://www.c.example",
    ]


NO_LINKS = [
    "ann@example.org",
    "ann@www.example.org",
    "ann.www.example.org@example.org",
    "mailto:ann@example.org",
    "example.org",
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
    assert links(f"see {source} there") == []


CODE = [
    "`http://example.org`",
    "`` `http://example.org` ``",
    "```\nhttp://example.org\n```",
    "~~~python\nhttp://example.org\n~~~",
    "    http://example.org",
    "<code>x</code> `www.example.org`",
]


@pytest.mark.parametrize("source", CODE)
def test_code_stays_as_it_is(source: str) -> None:
    assert links(source) == []
    assert "<code" in to_html(source)


def test_a_link_in_a_link_is_one_link() -> None:
    assert links("[see www.example.org](http://other.example)") == [("http://other.example", "see www.example.org")]
    assert links("[*http://a.example*](http://other.example)") == [("http://other.example", "http://a.example")]


def test_a_link_in_angles_is_one_link() -> None:
    assert links("<http://example.org/a>") == [("http://example.org/a", "http://example.org/a")]


def test_an_address_in_angles_is_what_its_author_wanted() -> None:
    assert hrefs("<ann@example.org>") == ["mailto:ann@example.org"]


STRANGE = ["http://example.org/" + ")" * 7000, "www.a" + "." * 7900, "http://" * 1000, "(www.a" * 1300]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("source", STRANGE, ids=["closing", "dots", "schemes", "hosts"])
def test_a_strange_url_takes_no_strange_time(source: str) -> None:
    assert to_html(source)
