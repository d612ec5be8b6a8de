"""Pages made to do harm, from the server to what is shown of them."""

import time
from collections.abc import Callable

import pytest

from renderer.outside import Outside, RefusedError
from renderer.pages import Page, read_page
from tests.unit.renderer.outside.conftest import Fetch
from tests.unit.renderer.outside.strangers import Stranger, ok

Look = Callable[..., Page | None]


@pytest.fixture
def look(fetch: Fetch, stranger: Stranger) -> Look:
    """Reads what the stranger serves, a megabyte at most."""

    def look(body: bytes, kind: str = "text/html") -> Page | None:
        stranger.answer = lambda _path: ok(body, kind=kind)
        fetched = fetch(stranger.url, max_bytes=1_000_000)
        return read_page(fetched.body, fetched.content_type, fetched.url)

    return look


def test_an_image_that_is_served_as_html(look: Look) -> None:
    assert look(b"\x89PNG\r\n\x1a\n<title>x</title>") is None
    assert look(b"\0\0\1\0<title>x</title>") is None


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (b"<title>" + b"x" * 10_000_000 + b"</title>", "x" * 299 + "…"),
        (b"<div>" * 100_000 + b"<title>x</title>", "x"),
        (b"<title>x</title>" + b"<div>" * 1_000_000, "x"),
        (b"<title>+ADw-b+AD4-</title>", "+ADw-b+AD4-"),
        (b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><title>&b;</title>', "&b;"),
        (b'<meta property="og:title" content="<img src=x onerror=alert(1)>">', "<img src=x onerror=alert(1)>"),
    ],
    ids=["ten megabytes", "nested tags", "a page that is cut", "UTF-7", "billion laughs", "markup"],
)
def test_a_title_is_read_as_far_as_the_page_was_taken(body: bytes, title: str, look: Look) -> None:
    page = look(body, "text/html; charset=utf-7")
    assert page is not None
    assert page.title == title


def test_a_bogus_charset_is_none(look: Look) -> None:
    page = look("<title>é</title>".encode(), "text/html; charset=no-such")
    assert page == Page(title="é", description=None, site_name=None, image_url=None)


@pytest.mark.parametrize(
    "image", ["http://169.254.169.254/latest/meta-data/", "http://127.0.0.1/a.png", "//[::1]/", "http://localhost/"]
)
def test_the_address_of_an_image_is_checked_like_every_other(image: str, look: Look, outside: Outside) -> None:
    page = look(f'<meta property="og:image" content="{image}">'.encode())
    assert page is not None
    assert page.image_url is not None
    with pytest.raises(RefusedError, match="address"):
        outside.check(page.image_url, deadline=time.monotonic() + 60)


def test_an_image_of_a_script_is_none(look: Look) -> None:
    page = look(b'<meta property="og:image" content="javascript:alert(1)">')
    assert page is not None
    assert page.image_url is None
