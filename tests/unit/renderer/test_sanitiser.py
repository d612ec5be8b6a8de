"""Of any HTML only what is listed remains, and it is read by everybody in the same way."""

import pytest
from hypothesis import example, given

from renderer.sanitiser import UnstableHtmlError, clean
from tests.hostile_markup import hostile_sources
from tests.unit.renderer.browser_view import REL, check_harmless, text_of
from tests.unit.renderer.markup import fragments, texts

NEVER_SHOWN = ("script", "style", "svg", "math", "iframe", "object", "noscript", "template", "title", "textarea")


@pytest.mark.parametrize("markup", hostile_sources())
def test_what_is_not_listed_is_removed(markup: str) -> None:
    check_harmless(clean(markup))


@given(texts | fragments)
def test_whatever_it_is(markup: str) -> None:
    check_harmless(clean(markup))


@given(texts | fragments)
@example("<pre>\n\n\nx</pre>")
@example("<a><table><caption><a>x")
@example("<table><i><table><caption>x")
def test_what_is_clean_stays_as_it_is(markup: str) -> None:
    once = clean(markup)
    assert clean(once) == once


def test_what_never_comes_to_rest_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("renderer.sanitiser.MAX_PASSES", 2)
    with pytest.raises(UnstableHtmlError):
        clean("<a><table><caption><a>x")


def test_empty_lines_at_the_beginning_of_code_remain() -> None:
    assert text_of(clean("<pre>\n\n\nx</pre>")) == "\n\nx"
    assert text_of(clean("<pre>\n" + "\n" * 100)) == "\n" * 100


@pytest.mark.parametrize("tag", NEVER_SHOWN)
def test_what_was_never_meant_to_be_read_is_not_shown(tag: str) -> None:
    assert clean(f"before <{tag}>secret</{tag}> after").replace("  ", " ") == "before after"


@pytest.mark.parametrize("tag", ["b", "blockquote", "code", "del", "h6", "i", "li", "p", "s"])
def test_what_is_listed_remains(tag: str) -> None:
    assert clean(f"<{tag}>x</{tag}>") == f"<{tag}>x</{tag}>"


def test_titles_and_addresses_remain() -> None:
    link = f'<a href="mailto:ann@a.example" title="about x" rel="{REL}">x</a>'
    assert clean(f'{link} <abbr title="y">z</abbr>') == f'{link} <abbr title="y">z</abbr>'


@pytest.mark.parametrize("language", ["python", "c++", "C#", "x" * 32])
def test_a_class_is_a_language(language: str) -> None:
    assert f'class="language-{language}"' in clean(f'<code class="language-{language}">x</code>')


@pytest.mark.parametrize("language", ["x" * 33, "a.b", "a b", "x_y", ""])
def test_and_nothing_else(language: str) -> None:
    assert "class" not in clean(f'<code class="language-{language}">x</code>')
