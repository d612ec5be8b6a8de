"""A page is read in the charset that it most likely is in."""

import codecs

import pytest

from renderer.charsets import decode


def title_of(body: bytes, content_type: str = "text/html") -> str:
    """Return what stands in the title."""
    return decode(body, content_type).partition("<title>")[2].partition("</title>")[0]


@pytest.mark.parametrize(
    ("html", "content_type"),
    [
        ("<title>é</title>".encode(), "text/html"),
        ("<title>é</title>".encode("latin-1"), "text/html; charset=ISO-8859-1"),
        ("<title>é</title>".encode("latin-1"), 'text/html; charset="latin1"'),
        (b"<title>\xe9</title>", ""),
        (codecs.BOM_UTF8 + "<title>é</title>".encode(), "text/html; charset=windows-1251"),
        (codecs.BOM_UTF16_LE + "<title>é</title>".encode("utf-16-le"), "text/html; charset=utf-8"),
        (codecs.BOM_UTF16_BE + "<title>é</title>".encode("utf-16-be"), "text/html"),
        ("<meta charset=latin1><title>é</title>".encode("latin-1"), "text/html"),
        ("<!-- <meta charset=big5> --><meta charset=latin1><title>é</title>".encode("latin-1"), "text/html"),
        ("<meta http-equiv=Content-Type content='text/html; charset=latin1'><title>é</title>".encode("latin-1"), ""),
        ("<meta charset=utf-16><title>é</title>".encode(), "text/html"),
        ("<meta charset=bogus><title>é</title>".encode(), "text/html; charset=also-bogus"),
        ("<meta charset=utf-7><title>é</title>".encode(), "text/html; charset=utf-7"),
        ("<meta charset=latin1><title>é</title>".encode(), "text/html; charset=utf-8"),
        ("<title>é</title>".encode() + "é".encode()[:1], "text/html"),
        ("<title>é</title>".encode(), "text/html; charset=\xff; charset*=x'y'%zz;;;="),
    ],
)
def test_the_charset_is_that_of_mark_header_page_or_content_in_this_order(html: bytes, content_type: str) -> None:
    assert title_of(html, content_type) == "é"


@pytest.mark.parametrize(
    "meta", ["<meta charset=koi8-r>", "<meta content='text/html;charset = \"KOI8-R\"' http-equiv=content-type>"]
)
def test_a_page_may_name_its_charset(meta: str) -> None:
    assert title_of(f"{meta}<title>Й</title>".encode("koi8-r")) == "Й"


def test_a_charset_named_late_in_a_page_comes_too_late() -> None:
    html = "<title>é</title>".encode() + b" " * 1024 + b"<meta charset=windows-1251>"
    assert title_of(html) == "é"


def test_a_page_that_does_not_say_is_guessed() -> None:
    text = "Съешь же ещё этих мягких французских булок, да выпей чаю." * 5
    assert title_of(f"<title>{text}</title>".encode("windows-1251")) == text


def test_half_a_pair_of_surrogates_is_no_text() -> None:
    assert title_of(b"<title>a\xed\xa0\x80b</title>", "text/html; charset=utf-8") == "a\ufffd\ufffd\ufffdb"


def test_utf7_hides_no_markup() -> None:
    html = b"<title>+ADw-script+AD4-</title>"
    assert title_of(html, "text/html; charset=utf-7") == "+ADw-script+AD4-"


def test_a_header_is_not_read_to_its_end_however_long_it_is() -> None:
    body = "<title>\u043f</title>".encode("koi8-r")
    assert title_of(body, f"text/html;{' ' * 900}charset=koi8-r") == "\u043f"
    assert title_of(body, f"text/html;{' ' * 1_000}charset=koi8-r") != "\u043f"
