"""A rendering tells which addresses its html links to."""

import pytest

from renderer.domain import render

FOUND = [
    ("hello", ()),
    ("http://a.example", ("http://a.example",)),
    ("[x](https://a.example/b 'http://title.example')", ("https://a.example/b",)),
    ("<a title=x href='http://a.example'>x</a>", ("http://a.example",)),
    ("HTTP://A.EXAMPLE/ <HTTPS://b.example>", ("HTTP://A.EXAMPLE/", "HTTPS://b.example")),
    ("http://a.example/?b=1&c=2", ("http://a.example/?b=1&c=2",)),
    ("[x](http://a.example/?b=1&amp;c=%22)", ("http://a.example/?b=1&c=%22",)),
    ("<a href='http://a.example/\"b'>x</a>", ('http://a.example/"b',)),
    ("http://b.example http://a.example http://b.example", ("http://b.example", "http://a.example")),
    ('`http://a.example` `<a href="http://a.example">`', ()),
    ('```\n<a href="http://a.example">\n```', ()),
    ("[x](mailto:ann@a.example) [y](ftp://a.example) [z](/a)", ()),
    ('<abbr title="<a title=">x" href="http:a.example"</abbr>', ()),
    ("<style><a href='http://a.example'>x</a></style>", ()),
]


@pytest.mark.parametrize(("source", "links"), FOUND)
def test_links_are_those_that_can_be_followed_as_they_were_written(source: str, links: tuple[str, ...]) -> None:
    assert render(source).links == links


def test_there_are_five_links_at_most_and_the_same_one_counts_once() -> None:
    addresses = [f"http://a.example/{number}" for number in range(7)]
    source = " ".join(address for address in addresses for _ in range(3))
    assert render(source).links == tuple(addresses[:5])
