"""Two nicknames are the same when only case or composition tell them apart."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import nickname_key

GREEK_MARKS = st.text(st.sampled_from("αΑᾳᾼωΩ\u0301\u0308\u0342\u0345\u03b9\u0399"), max_size=8)
NAMES = st.text(max_size=32) | GREEK_MARKS

SAME = [
    ("ann", "ANN"),
    ("Ann", "aNN"),
    ("é", "e\u0301"),
    ("É", "e\u0301"),
    ("straße", "STRASSE"),
    ("ẞ", "ß"),
    ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
    ("İ", "i\u0307"),
    ("K", "k"),  # the Kelvin sign
    ("ﬁn", "FIN"),
    ("\u1f80\u0302", "\u03b1\u0313\u0302\u0345"),  # the iota below has its place after every other mark
    ("ệ", "e\u0302\u0323"),
]
DIFFERENT = [
    ("ann", "anna"),
    ("ann", "ann "),
    ("e", "é"),
    ("I", "\u0131"),  # the dotless one is a letter of its own
    ("I", "İ"),
    ("a", "а"),  # noqa: RUF001 - Latin and Cyrillic
    ("o", "0"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_case_and_composition_make_no_other_nickname(one: str, other: str) -> None:
    assert nickname_key(one) == nickname_key(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_everything_else_does(one: str, other: str) -> None:
    assert nickname_key(one) != nickname_key(other)


@given(NAMES, st.sampled_from(["NFC", "NFD"]))
def test_composition_never_matters(name: str, form: str) -> None:
    composed = unicodedata.normalize("NFC" if form == "NFC" else "NFD", name)
    assert nickname_key(composed) == nickname_key(name)


@given(NAMES)
def test_folded_case_never_matters(name: str) -> None:
    assert nickname_key(unicodedata.normalize("NFD", name).casefold()) == nickname_key(name)


@given(NAMES)
def test_a_key_is_its_own_key(name: str) -> None:
    assert nickname_key(nickname_key(name)) == nickname_key(name)


@given(NAMES)
def test_a_key_is_composed(name: str) -> None:
    assert unicodedata.is_normalized("NFC", nickname_key(name))
