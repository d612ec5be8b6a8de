"""Cursors come back as they went; nothing else is taken for one."""

import base64
import json
import string
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from messages.cursors import Changed, Cursor, MessageTime, UserTime, decode_cursor, encode_cursor

LAST = 2**63 - 1
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

numbers = st.integers(0, LAST)
instants = st.datetimes(timezones=st.just(UTC))
nicknames = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=32)
feed_places = st.builds(Changed, key=st.tuples(numbers, numbers), again=st.none() | numbers)
message_places = feed_places | st.builds(MessageTime, key=st.tuples(instants, numbers), again=numbers)
user_places = feed_places | st.builds(UserTime, key=st.tuples(instants, nicknames, numbers), again=numbers)
cursors = st.builds(Cursor, epoch=st.text("0123456789abcdef", max_size=36), messages=message_places, users=user_places)


def packed(content: Any) -> str:
    """Return what is spelt like a cursor."""
    return "2." + base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@given(cursors)
@example(
    Cursor(
        epoch="00000000",
        messages=MessageTime(key=(datetime.max.replace(tzinfo=UTC), LAST), again=LAST),
        users=UserTime(key=(datetime.min.replace(tzinfo=UTC), "\U0001f600" * 32, LAST), again=LAST),
    )
)
def test_a_cursor_comes_back_as_it_went(cursor: Cursor) -> None:
    assert decode_cursor(encode_cursor(cursor)) == cursor


@given(cursors)
def test_a_cursor_needs_no_escaping_in_a_url_and_is_short(cursor: Cursor) -> None:
    text = encode_cursor(cursor)
    assert set(text) <= {*string.ascii_letters, *string.digits, "-", "_", "."}
    assert len(text) <= 1000


@pytest.mark.parametrize("version", ["", "1.", "22.", "2"])
def test_a_cursor_of_another_version_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match="is not a cursor"):
        decode_cursor(version + encode_cursor(Cursor.since(7, "e")).removeprefix("2."))


@given(st.text())
def test_other_text_is_refused(text: str) -> None:
    for hostile in (text, f"2.{text}"):
        with pytest.raises(ValueError, match="is not a cursor"):
            decode_cursor(hostile)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda each: st.lists(each) | st.tuples(each)))
def test_other_json_is_refused(content: Any) -> None:
    for hostile in (content, {"epoch": "e", "messages": content, "users": content}):
        with pytest.raises(ValueError, match="is not a cursor"):
            decode_cursor(packed(hostile))


FEED = {"key": [1, 1]}
HOSTILE: dict[str, Any] = {
    "no place": {},
    "a negative xid": {"key": [-1, 1]},
    "a negative id": {"key": [1, -1]},
    "an xid that no transaction has": {"key": [2**63, 1]},
    "an id that no row has": {"key": [1, 2**63]},
    "a number without end": {"key": [10**4000, 1]},
    "text for an xid": {"key": ["1", 1]},
    "a fraction": {"key": [1.0, 1]},
    "a truth": {"key": [True, 1]},
    "a number too few": {"key": [1]},
    "a number too many": {"key": [1, 1, 1]},
    "something more": {"key": [1, 1], "epoch": 1},
    "time without a transaction": {"key": [NOON.isoformat(), 1]},
    "time without a zone": {"key": ["2026-03-01T12:00:00", 1], "again": 1},
    "time in another zone": {"key": ["2026-03-01T12:00:00+23:59", 1], "again": 1},
    "no time": {"key": ["yesterday", 1], "again": 1},
    "time as a number": {"key": [1_772_366_400, "ann", 1], "again": 1},
    "NUL in a nickname": {"key": [NOON.isoformat(), "a\0", 1], "again": 1},
    "half a surrogate pair": {"key": [NOON.isoformat(), "\ud800", 1], "again": 1},
    "a nickname of 33 characters": {"key": [NOON.isoformat(), "x" * 33, 1], "again": 1},
    "deep": json.loads("[" * 500 + "]" * 500),
}


@pytest.mark.parametrize("place", HOSTILE.values(), ids=HOSTILE)
def test_a_place_that_no_list_has_is_refused(place: Any) -> None:
    for hostile in ({"messages": place, "users": FEED}, {"messages": FEED, "users": place}, {"epoch": 1}):
        with pytest.raises(ValueError, match="is not a cursor"):
            decode_cursor(packed({"epoch": "e", "messages": FEED, "users": FEED, **hostile}))


def test_the_place_of_one_list_is_none_in_the_other() -> None:
    at_message, at_user = [NOON.isoformat(), 1], [NOON.isoformat(), "ann", 1]
    decode_cursor(
        packed({"epoch": "e", "messages": {"key": at_message, "again": 1}, "users": {"key": at_user, "again": 1}})
    )
    with pytest.raises(ValueError, match="is not a cursor"):
        decode_cursor(packed({"epoch": "e", "messages": {"key": at_user, "again": 1}, "users": FEED}))
    with pytest.raises(ValueError, match="is not a cursor"):
        decode_cursor(packed({"epoch": "e", "messages": FEED, "users": {"key": at_message, "again": 1}}))
