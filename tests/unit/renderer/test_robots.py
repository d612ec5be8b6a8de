"""A site says in its robots.txt what we may read (RFC 9309)."""

from functools import partial

import pytest

from renderer.robots import MAX_ROBOTS_BYTES, may_fetch
from renderer.sandbox import Sandbox

ALL = "User-agent: *\n"
OURS = "User-agent: FlackBot\n"


@pytest.mark.parametrize(
    ("robots", "path", "allowed"),
    [
        ("", "/", True),
        (ALL + "Disallow: /", "/a", False),
        (ALL + "Disallow: /", "/robots.txt", True),
        (ALL + "Disallow:", "/a", True),
        (ALL + "Disallow: /a", "/b", True),
        (ALL + "Disallow: /a", "/abc", False),
        (ALL + "Disallow: /A", "/a", True),
        ("Disallow: /", "/a", True),
        (ALL + "Disallow: /\n" + OURS + "Disallow:", "/a", True),
        (OURS + "Disallow: /\n\n" + ALL + "Disallow:", "/a", False),
        ("user-AGENT: flackBOT\ndisallow: /", "/a", False),
        ("User-agent: OtherBot\n" + OURS + "Disallow: /", "/a", False),
        ("User-agent: OtherBot\nDisallow: /", "/a", True),
        (OURS + "Disallow: /a\n" + ALL + "Disallow: /b\n" + OURS + "Disallow: /c", "/c", False),
        (ALL + "Disallow: /a\nAllow: /a/b", "/a/b/c", True),
        (ALL + "Allow: /a/b\nDisallow: /a", "/a/c", False),
        (ALL + "Allow: /a\nDisallow: /a", "/a", True),
        (ALL + "Disallow: /*.gif$", "/x/y.gif", False),
        (ALL + "Disallow: /*.gif$", "/x/y.gif?z", True),
        (ALL + "Disallow: /*/secret", "/x/y/secret/z", False),
        (ALL + "Disallow: /%C3%BC", "/\u00fc", False),
        (ALL + "Disallow: /\u00fc", "/%c3%bc", False),
        (ALL + "Disallow: /a?b=", "/a?b=c", False),
        (ALL + "Disallow: /a # not here", "/a", False),
        ("\ufeff" + ALL + "Disallow: /", "/a", False),
        ("<html>no such page</html>", "/a", True),
        ("User-agent: FlackBot/1.0 # you\nDisallow: /", "/a", False),
        ("User agent FlackBot\nDisallow: /", "/a", False),
        ("USERAGENT:*#all\nDisallow: /", "/a", False),
        ("User-agent: *other*\nDisallow: /", "/a", True),
        (ALL + "Disallow: /a\nUser-agent:\nDisallow: /b", "/b", True),
        (ALL.replace("\n", "\r\n") + "Disallow: /\r\n", "/a", False),
    ],
)
def test_the_longest_rule_of_our_group_says_whether_a_page_may_be_read(
    robots: str, path: str, *, allowed: bool
) -> None:
    assert may_fetch(robots.encode(), f"http://example.com{path}") is allowed


def test_bytes_that_are_no_text_forbid_nothing_else() -> None:
    robots = b"\xff\xfe\0" + bytes(range(256)) + b"\nUser-agent: *\nDisallow: /a\n"
    assert not may_fetch(robots, "http://example.com/a")
    assert may_fetch(robots, "http://example.com/b")


def test_only_the_first_500_kibibytes_are_read() -> None:
    rule = b"User-agent: *\nDisallow: /a\n"
    full = b"#" * (MAX_ROBOTS_BYTES - len(rule) - 1) + b"\n" + rule
    assert MAX_ROBOTS_BYTES == 500 * 1024
    assert not may_fetch(full, "http://example.com/a")
    assert may_fetch(b"#" * MAX_ROBOTS_BYTES + b"\n" + rule, "http://example.com/a")


def test_many_asterisks_cost_no_more_than_few() -> None:
    robots = ALL + f"Disallow: /{'*a' * 2_000}$\n" * 100
    assert may_fetch(robots.encode(), "http://example.com/" + "a" * 1_900)


def test_thousands_of_robots_cost_no_more_than_one() -> None:
    agents = "".join(f"User-agent: bot{number}\n" for number in range(12_000))
    robots = (agents + "Disallow: /a\n" * 15_000 + ALL + "Disallow: /b").encode()
    sandbox = Sandbox()
    try:
        assert not sandbox.run(partial(may_fetch, url="http://example.com/b"), robots, seconds=60)
    finally:
        sandbox.close()
