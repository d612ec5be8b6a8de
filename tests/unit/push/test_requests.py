"""What clients send is checked, whatever it is."""

from typing import Any

import pytest

from chassis.bodies import InvalidFieldsError, parse
from chassis.tokens import NotAuthenticatedError
from push.requests import PostMessage, argument, read_token, required

NO_MESSAGES: dict[str, Any] = {
    "nothing": None,
    "text": "hello",
    "a number": 7,
    "an array": ["hello"],
    "bytes": b"hello",
    "an empty object": {},
    "null": {"source": None},
    "a number for text": {"source": 7},
    "bytes for text": {"source": b"hello"},
    "an object for text": {"source": {}},
    "empty text": {"source": ""},
    "text that is too long": {"source": "x" * 8001},
    "NUL": {"source": "a\0"},
    "half a surrogate pair": {"source": "\ud800"},
    "an empty key": {"source": "hello", "idempotency_key": ""},
    "a number for a key": {"source": "hello", "idempotency_key": 7},
    "a key that is too long": {"source": "hello", "idempotency_key": "x" * 256},
    "half a surrogate pair for a key": {"source": "hello", "idempotency_key": "\udfff"},
}


@pytest.mark.parametrize("sent", NO_MESSAGES.values(), ids=NO_MESSAGES)
def test_what_is_no_message_is_refused(sent: Any) -> None:
    with pytest.raises(InvalidFieldsError):
        parse(PostMessage, sent)


@pytest.mark.parametrize("source", ["x", "x" * 8000, "\U0001f600" * 8000], ids=len)
def test_a_message_is_taken_as_it_is(source: str) -> None:
    assert parse(PostMessage, {"source": source, "mood": "merry"}) == PostMessage(source=source)


@pytest.mark.parametrize("key", [None, "k", "x" * 255])
def test_a_message_may_have_a_key(key: str | None) -> None:
    assert parse(PostMessage, {"source": "hello", "idempotency_key": key}).idempotency_key == key


@pytest.mark.parametrize(("sent", "token"), [(None, None), ("", None), ("t", "t")])
def test_an_empty_token_is_none(sent: Any, token: str | None) -> None:
    assert read_token(sent) == token


@pytest.mark.parametrize("sent", [7, 0, True, False, [], ["t"], {}, {"token": "t"}, b"t", 1.5], ids=repr)
def test_a_token_is_text(sent: Any) -> None:
    with pytest.raises(InvalidFieldsError):
        read_token(sent)


def test_an_argument_may_be_left_out() -> None:
    assert argument(("a",), 0) == "a"
    assert argument(("a",), 1) is None
    assert argument((), 0) is None


def test_a_token_that_is_needed_must_be_there() -> None:
    assert required("t") == "t"
    with pytest.raises(NotAuthenticatedError):
        required(None)
