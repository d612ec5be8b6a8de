"""The rules of users and messages."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.domain import check_nickname, unrendered_html, with_previews


@pytest.mark.parametrize(
    "nickname", ["ann", "Ann B.", "émile", "e\u0301mile", "安", "\U0001f600", "ß", "x", "<b>", "'; --", "@"]
)
def test_a_nickname_is_anything_that_can_be_read(nickname: str) -> None:
    assert check_nickname(nickname) == nickname


@pytest.mark.parametrize("nickname", [":", "ann:bob", "ann:"])
def test_a_nickname_fits_into_basic_credentials(nickname: str) -> None:
    with pytest.raises(ValueError, match="colon"):
        check_nickname(nickname)


@pytest.mark.parametrize("nickname", [" ann", "ann ", "\tann", "ann\n", " ", "\u00a0ann", "ann\u3000"])
def test_a_nickname_has_no_space_around_it(nickname: str) -> None:
    with pytest.raises(ValueError, match="white space"):
        check_nickname(nickname)


INVISIBLE = ["\0", "\x07", "\x1b", "\x7f", "\x85", "\u200b", "\u202e", "\u2028", "\u2029", "\ufeff", "\ud800", "\ue000"]


@pytest.mark.parametrize("character", INVISIBLE, ids=lambda character: f"U+{ord(character):04X}")
def test_a_nickname_has_no_characters_that_cannot_be_seen(character: str) -> None:
    with pytest.raises(ValueError, match="control characters"):
        check_nickname(f"a{character}b")


@given(st.text(max_size=32))
def test_whatever_passes_is_one_line_without_control_characters(nickname: str) -> None:
    try:
        check_nickname(nickname)
    except ValueError:
        return
    assert len(nickname.splitlines()) <= 1
    assert ":" not in nickname
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in nickname)


@given(st.text())
def test_a_message_that_is_not_rendered_yet_shows_its_text(source: str) -> None:
    shown = unrendered_html(source)
    assert not set(shown) & set("<>\"'")
    unescaped = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&#x27;", "'")
    assert unescaped.replace("&amp;", "&") == source


PREVIEW = {"url": "https://a.example/?x=1&y=2", "title": None, "description": None, "site_name": None}


def test_what_a_link_leads_to_follows_the_html() -> None:
    shown = with_previews("<p>x</p>", [PREVIEW | {"title": "A page", "description": "About"}])
    assert shown == (
        '<p>x</p>\n<blockquote><p><a href="https://a.example/?x=1&amp;y=2" rel="noopener noreferrer nofollow ugc">'
        "A page</a></p><p>About</p></blockquote>"
    )


def test_a_page_that_says_nothing_of_itself_is_named_by_its_address() -> None:
    shown = with_previews("", [PREVIEW])
    assert ">https://a.example/?x=1&amp;y=2</a></p><p>No description found.</p>" in shown


@pytest.mark.parametrize("field", ["url", "title", "description"])
def test_what_strangers_say_of_themselves_is_text(field: str) -> None:
    shown = with_previews("", [PREVIEW | {field: "\"'><script>alert(1)</script>"}])
    assert "<script" not in shown
    assert shown.count('"') == with_previews("", [PREVIEW]).count('"')
