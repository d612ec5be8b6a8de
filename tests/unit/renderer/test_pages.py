"""What a page says about itself becomes text, whatever it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.markup import MAX_TAG_CHARS, MAX_TAGS
from renderer.pages import MAX_TEXT_CHARS, Page, read_page

URL = "http://example.com/a/b"


def read(html: str | bytes, content_type: str = "text/html", url: str = URL) -> Page:
    body = html if isinstance(html, bytes) else html.encode("utf-8", "surrogatepass")
    page = read_page(body, content_type, url)
    assert page is not None
    return page


OPEN_GRAPH = """<meta property="og:title" content="T1"><meta property="og:description" content="D1">
<meta property="og:site_name" content="S1"><meta property="og:image" content="/1.png">"""
TWITTER = """<meta name="twitter:title" content="T2"><meta name="twitter:description" content="D2">
<meta name="twitter:image" content="/2.png">"""
PLAIN = """<title>T3</title><meta name="DESCRIPTION" content="D3"><meta name="application-name" content="S3">
<link rel="image_src" href="/3.png">"""


@pytest.mark.parametrize(
    ("html", "found"),
    [
        (PLAIN + TWITTER + OPEN_GRAPH, ("T1", "D1", "S1", "http://example.com/1.png")),
        (PLAIN + TWITTER, ("T2", "D2", "S3", "http://example.com/2.png")),
        (PLAIN, ("T3", "D3", "S3", "http://example.com/3.png")),
        ("", (None, None, None, None)),
        ("hello", (None, None, None, None)),
        (OPEN_GRAPH.replace("T1", " \n") + PLAIN, ("T3", "D1", "S1", "http://example.com/1.png")),
        (OPEN_GRAPH.replace("D1", "\u200b\u202e") + TWITTER, ("T1", "D2", "S1", "http://example.com/1.png")),
        (OPEN_GRAPH.replace("/1.png", "javascript:x") + PLAIN, ("T1", "D1", "S1", "http://example.com/3.png")),
        (OPEN_GRAPH.replace("property", "name"), ("T1", "D1", "S1", "http://example.com/1.png")),
        (OPEN_GRAPH.upper().replace("1.PNG", "1.png"), ("T1", "D1", "S1", "http://example.com/1.png")),
        (TWITTER.replace("name", "property"), ("T2", "D2", None, "http://example.com/2.png")),
    ],
)
def test_each_field_falls_back_by_itself(html: str, found: tuple[str | None, ...]) -> None:
    page = read(html)
    assert (page.title, page.description, page.site_name, page.image_url) == found


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>a &lt;b&gt; &amp;amp; &eacute;</title>", "a <b> &amp; é"),
        ("<title>\n a\t b\u00a0\u3000c\r\n</title>", "a b c"),
        ("<title>a\u202eb\u2066c\u200bd\ufeffe\x07f\x7fg\x85h\u00adi</title>", "abcdefg hi"),
        ("<title>می\u200cبینم \U0001f468\u200d\U0001f469</title>", "می\u200cبینم \U0001f468\u200d\U0001f469"),
        ("<title>\u200d\u200c</title>", None),
        (" " * 1024 + "<title>a\0b</title>", "a\ufffdb"),
        ("<title>&#0;&#xD800;&#x202E;a</title>", "\ufffd\ufffda"),
        ("<TITLE lang=en>a</TITLE >", "a"),
        ("<title>a", "a"),
        ("<title></title><title>b</title>", "b"),
        ("<body><p><title>a</title>", "a"),
        ("<svg><title>icon</title></svg><title>a</title>", "a"),
        ("<script>'<title>no</title>'</script><!-- <title>no</title> --><title>a</title>", "a"),
        ("<style><title>no</title></style><textarea><title>no</title></textarea><title>a</title>", "a"),
        ("<script><title>no</title>", None),
        ('<meta property="og:title" content="a > b"><p>', "a > b"),
        ("<meta property='og:title' content='say \"a\"'>", 'say "a"'),
        ("<meta property=og:title content=a>", "a"),
        ("<meta content=a property=og:title/>", None),
        ('<meta property="og:title" content="<script>alert(1)</script><b>x">', "<script>alert(1)</script><b>x"),
        ("<titles>no</titles><metadata property=og:title content=no>", None),
    ],
)
def test_a_title_is_text_in_one_line(html: str, title: str | None) -> None:
    assert read(html).title == title


def test_a_long_title_is_cut_with_an_ellipsis() -> None:
    assert read(f"<title>{'x' * 300}</title>").title == "x" * 300
    assert read(f"<title>{'x' * 301}</title>").title == "x" * 299 + "…"
    assert read(f"<title>{'x' * 298} y z</title>").title == "x" * 298 + "…"


def test_a_title_of_ten_megabytes_is_cut() -> None:
    assert read("<title>" + "x" * 10**7 + "</title>").title == "x" * 299 + "…"


@pytest.mark.parametrize(
    "before",
    [
        *("<div>" * 100_000, "<b>" * 100_000, "<table><tr><td>" * 30_000, "<div>" * 50_000 + "</p>" * 50_000),
        *("".join(f"<b x{n}>" for n in range(20_000)) + "<p>" * 20_000, "<x" + "".join(f" a{n}" for n in range(10**5))),
        *("<meta a" * 100, "<svg>" + "<svg" * 10**5 + "</svg>", "<!-- <" * 10**5 + "-->", "</title" * 10**5),
    ],
    ids=range(10),
)
def test_tags_without_end_do_not_hide_what_comes_after(before: str) -> None:
    assert read(before + "><title>x</title>").title == "x"


@pytest.mark.parametrize(
    "hostile",
    [
        *(
            "<meta a" * 150_000,
            "<meta " * 150_000,
            "<meta '>'" * 100_000,
            "<meta content='" * 60_000,
            "<meta>" * 150_000,
        ),
        *("<meta" + "".join(f" a{n}" for n in range(150_000)) + ">", "<title>" * 100_000, "<script>" * 100_000),
    ],
    ids=range(8),
)
def test_nothing_is_said_by_what_never_ends(hostile: str) -> None:
    page = read(hostile)
    assert (page.description, page.site_name, page.image_url) == (None, None, None)


def test_no_more_than_so_many_tags_are_looked_at_though_they_never_end() -> None:
    endless = "<meta " + " " * MAX_TAG_CHARS
    assert read(endless * (MAX_TAGS - 1) + "<title>x</title>").title == "x"
    assert read(endless * MAX_TAGS + "<title>x</title>").title is None


def test_a_billion_laughs_are_not_laughed() -> None:
    entities = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    html = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{entities}]><html><title>&l9;</title></html>'
    assert read(html, "application/xhtml+xml").title == "&l9;"


def test_a_page_that_says_to_look_elsewhere_says_nothing_of_elsewhere() -> None:
    html = '<meta http-equiv="refresh" content="0;url=http://127.0.0.1/"><title>here</title>'
    assert read(html) == Page(title="here", description=None, site_name=None, image_url=None)


@pytest.mark.parametrize(
    ("value", "image_url"),
    [
        ("http://cdn.example/a.png", "http://cdn.example/a.png"),
        ("//cdn.example/a.png", "http://cdn.example/a.png"),
        ("c.png?x=1&amp;y=2#z", "http://example.com/a/c.png?x=1&y=2"),
        (" a b.png ", "http://example.com/a/a%20b.png"),
        ("http://bücher.example/ü.png", "http://xn--bcher-kva.example/%C3%BC.png"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("java\tscript:alert(1)", None),
        ("data:image/png;base64,AAAA", None),
        ("file:///etc/passwd", None),
        ("http://user:password@example.com/", None),
        ("http://[::1", None),
        ("http:\\\\example.com\\a.png", None),
        ("http://example.com/" + "a" * 2_000, None),
        ("", None),
    ],
)
def test_the_address_of_an_image_is_absolute_or_is_none(value: str, image_url: str | None) -> None:
    assert read(f'<meta property="og:image" content="{value}">').image_url == image_url


def test_the_address_of_an_image_is_taken_from_the_base_of_the_page() -> None:
    image = '<meta property="og:image" content="c.png">'
    assert read(f"<base href=/x/>{image}").image_url == "http://example.com/x/c.png"
    assert read(f"<base href=https://cdn.example/y/>{image}").image_url == "https://cdn.example/y/c.png"
    assert read(f"<base target=_top>{image}").image_url == "http://example.com/a/c.png"
    assert read(f"<base href=javascript:x>{image}").image_url == "http://example.com/a/c.png"


@pytest.mark.parametrize(
    "body",
    [
        *(b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a<title>x</title>", b"RIFF1234WEBP", b"%PDF-1.7"),
        *(b"<title>x</title>\0", b"PK\x03\x04", b"\x1f\x8b", "<title>x</title>".encode("utf-16-le")),
    ],
)
def test_what_is_no_text_is_no_page(body: bytes) -> None:
    assert read_page(body, "text/html; charset=utf-16", URL) is None


@given(st.binary(max_size=300), st.text(max_size=60))
def test_every_body_with_every_header_is_read_or_is_no_page(body: bytes, content_type: str) -> None:
    page = read_page(b"<title>" + body, content_type, URL)
    assert page is None or page.title is None or len(page.title) <= MAX_TEXT_CHARS


@given(st.text(max_size=400), st.text(max_size=100))
def test_every_text_is_one_line_of_visible_characters(title: str, url: str) -> None:
    page = read_page(f"<title>{title}</title><base href='{url}'>".encode("utf-8", "surrogatepass"), "text/html", URL)
    text = page.title if page else None
    assert text is None or (text == " ".join(text.split()) and 0 < len(text) <= MAX_TEXT_CHARS)
