"""Markdown is rendered as people expect it."""

import pytest

from renderer.domain import render

REL = 'rel="noopener noreferrer nofollow ugc"'
MARKDOWN = [
    ("hello", "<p>hello</p>"),
    ("*hello* **there**", "<p><em>hello</em> <strong>there</strong></p>"),
    ("_hello_ __there__", "<p><em>hello</em> <strong>there</strong></p>"),
    ("~~hello~~ there", "<p><del>hello</del> there</p>"),
    ("~~a **b** c~~", "<p><del>a <strong>b</strong> c</del></p>"),
    ("~a~ ~~ b ~~ \\~~c~~", "<p>~a~ ~~ b ~~ ~~c~~</p>"),
    ("`~~a~~`", "<p><code>~~a~~</code></p>"),
    ("one\ntwo", "<p>one<br>\ntwo</p>"),
    ("one  \ntwo", "<p>one<br>\ntwo</p>"),
    ("one\\\ntwo", "<p>one<br>\ntwo</p>"),
    ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
    ("# hello", "<h1>hello</h1>"),
    ("###### hello ######", "<h6>hello</h6>"),
    ("hello\n---", "<h2>hello</h2>"),
    ("> hello", "<blockquote>\n<p>hello</p>\n</blockquote>"),
    ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
    ("1. one\n2. two", "<ol>\n<li>one</li>\n<li>two</li>\n</ol>"),
    ("- one\n    - two", "<ul>\n<li>one<ul>\n<li>two</li>\n</ul>\n</li>\n</ul>"),
    ("1. one\n\n- two", "<ol>\n<li>one</li>\n</ol>\n<ul>\n<li>two</li>\n</ul>"),
    ("`a < b`", "<p><code>a &lt; b</code></p>"),
    ("```\na < b\n```", "<pre><code>a &lt; b\n</code></pre>"),
    ("```python\nx = 1\n```", '<pre><code class="language-python">x = 1\n</code></pre>'),
    ("~~~c++\nx\n~~~", '<pre><code class="language-c++">x\n</code></pre>'),
    ("a < b && c > d", "<p>a &lt; b &amp;&amp; c &gt; d</p>"),
    ("snake_case_name", "<p>snake_case_name</p>"),
    ("---", "<hr>"),
    ("", ""),
    (" \n ", ""),
]


@pytest.mark.parametrize(("source", "html"), MARKDOWN)
def test_markdown_is_rendered(source: str, html: str) -> None:
    assert render(source).html == html


def test_a_table_keeps_its_alignment() -> None:
    html = render("| a | b | c |\n|:--|--:|:-:|\n| d | e \\| f | g |").html
    assert '<th align="left">a</th>' in html
    assert '<td align="right">e | f</td>' in html
    assert '<td align="center">g</td>' in html


def test_a_link_in_brackets_keeps_its_title() -> None:
    html = render('[x](http://a.example "about x")').html
    assert html == f'<p><a href="http://a.example" title="about x" {REL}>x</a></p>'


@pytest.mark.parametrize("link", ["[*x*][r]", "[*x*](http://a.example)"])
def test_a_link_in_brackets_may_be_emphasised(link: str) -> None:
    assert f'<a href="http://a.example" {REL}><em>x</em></a>' in render(f"{link}\n\n[r]: http://a.example").html


@pytest.mark.parametrize(
    "image", ["![x](http://a.example/x.png)", "![x][r]", "![x][]", "![x]", "![x](<http://a.example/x.png>)"]
)
def test_an_image_becomes_a_link(image: str) -> None:
    html = render(f"see {image}\n\n[r]: http://a.example/x.png\n[x]: http://a.example/x.png").html
    assert html == f'<p>see <a href="http://a.example/x.png" {REL}>x</a></p>'


def test_an_image_without_a_text_shows_its_address() -> None:
    html = render("![](http://a.example/x.png)").html
    assert html == f'<p><a href="http://a.example/x.png" {REL}>http://a.example/x.png</a></p>'


def test_an_image_in_a_link_is_its_text() -> None:
    html = render("[![passing](http://a.example/x.png)](http://b.example)").html
    assert html == f'<p><a href="http://b.example" {REL}>passing</a></p>'
