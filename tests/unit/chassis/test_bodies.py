"""Whatever a client sends is read as a JSON object, or refused with the reason."""

import json
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import BaseModel, Field
from werkzeug.test import TestResponse

from chassis.bodies import MAX_BODY_BYTES, Body, Text, read_body, read_query


class Note(Body):
    """What the tests send."""

    text: Annotated[Text, Field(min_length=1, max_length=100)]
    stars: int = 0


class Page(BaseModel):
    """What the tests ask for."""

    limit: int = Field(default=10, ge=1, le=100)
    name: str | None = None


@pytest.fixture
def client(app_with: Callable[..., Flask]) -> FlaskClient:
    def view() -> dict[str, Any]:
        return read_body(Note).model_dump()

    return app_with(view).test_client()


@pytest.fixture
def reader(app_with: Callable[..., Flask]) -> FlaskClient:
    def view() -> dict[str, Any]:
        return read_query(Page).model_dump()

    return app_with(view).test_client()


def send(client: FlaskClient, body: bytes | str, content_type: str | None = "application/json") -> TestResponse:
    return client.post("/view", data=body, content_type=content_type)


def problem_of(answer: TestResponse) -> str:
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status"] == answer.status_code
    return str(answer.json["type"]).removeprefix("/problems/")


NO_OBJECTS: dict[str, bytes] = {
    "half an object": b'{"text":',
    "text without quotes": b"hello",
    "an array": b'[{"text": "hello"}]',
    "a text": b'"hello"',
    "a number": b"1",
    "null": b"null",
    "nothing but a space": b" ",
    "two objects": b'{"text": "a"}{"text": "b"}',
    "invalid UTF-8": b'{"text": "\xff\xfe"}',
    "a surrogate in UTF-8": b'{"text": "\xed\xa0\x80"}',
    "UTF-16": '{"text": "hello"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"text": "hello"}',
    "single quotes": b"{'text': 'hello'}",
    "a bare NUL": b'{"text": "\x00"}',
    "NaN": b'{"text": "hello", "x": NaN}',
    "Infinity": b'{"text": "hello", "x": -Infinity}',
    "a number of 5001 digits": b'{"text": "hello", "stars": 1' + b"0" * 5000 + b"}",
    "arrays without a bottom": b'{"text": ' + b"[" * 60_000,
    "objects without a bottom": b'{"a":' * 10_000,
}


@pytest.mark.parametrize("body", NO_OBJECTS.values(), ids=NO_OBJECTS)
def test_what_is_no_json_object_is_malformed(client: FlaskClient, body: bytes) -> None:
    answer = send(client, body)
    assert (answer.status_code, problem_of(answer)) == (400, "malformed-json")


def test_what_is_nested_too_deeply_is_refused_by_the_reader_or_by_the_fields(client: FlaskClient) -> None:
    # Python 3.14 can read it, earlier ones cannot.
    answer = send(client, b'{"text": ' + b"[" * 30_000 + b"]" * 30_000 + b"}")
    assert (answer.status_code, problem_of(answer) in {"malformed-json", "invalid-fields"}) == (400, True)


INVALID: dict[str, Any] = {
    "a missing field": {},
    "null": {"text": None},
    "a number for text": {"text": 7},
    "an array for text": {"text": ["hello"]},
    "an object for text": {"text": {"$ne": ""}},
    "empty text": {"text": ""},
    "text that is too long": {"text": "x" * 101},
    "NUL": {"text": "a\0b"},
    "half a surrogate pair": {"text": "\ud800"},
    "the other half": {"text": "hello \udfff"},
    "two halves in the wrong order": {"text": "\udc00\ud800"},
    "text for a number": {"text": "hello", "stars": "7"},
    "a fraction for a number": {"text": "hello", "stars": 1.5},
    "a truth for a number": {"text": "hello", "stars": True},
}


@pytest.mark.parametrize("body", INVALID.values(), ids=INVALID)
def test_what_does_not_fit_is_told_field_by_field(client: FlaskClient, body: Any) -> None:
    answer = send(client, json.dumps(body))
    assert (answer.status_code, problem_of(answer)) == (400, "invalid-fields")
    assert answer.json is not None
    [error] = answer.json["errors"]
    assert error["field"] == ("stars" if "stars" in body else "text")
    assert error["detail"]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, "is missing"),
        ({"text": ""}, "must not be empty"),
        ({"text": "{" * 101}, "must have at most 100 characters"),
        ({"text": "hello\0"}, "must not contain NUL or lone surrogates"),
    ],
)
def test_people_are_told_what_is_wrong(client: FlaskClient, body: Any, detail: str) -> None:
    answer = send(client, json.dumps(body))
    assert answer.json is not None
    assert answer.json["errors"] == [{"field": "text", "detail": detail}]


def test_a_number_without_end_is_invalid(client: FlaskClient) -> None:
    answer = send(client, b'{"text": "hello", "stars": 1e999}')
    assert (answer.status_code, problem_of(answer)) == (400, "invalid-fields")


def test_every_wrong_field_is_named(client: FlaskClient) -> None:
    answer = send(client, '{"stars": "many"}')
    assert answer.json is not None
    assert {each["field"] for each in answer.json["errors"]} == {"text", "stars"}


def test_a_refusal_does_not_repeat_what_was_sent(client: FlaskClient) -> None:
    assert b"hunter2" not in send(client, '{"text": ["hunter2"], "stars": "hunter2"}').data


@pytest.mark.parametrize("text", ["hello", "grüß dich", "\U0001f600", "\x01", " ", "x" * 100])
def test_text_arrives_as_it_was_sent(client: FlaskClient, text: str) -> None:
    answer = send(client, json.dumps({"text": text}))
    assert answer.json == {"text": text, "stars": 0}


def test_a_surrogate_pair_is_one_character(client: FlaskClient) -> None:
    answer = send(client, rb'{"text": "\ud83d\ude00"}')
    assert answer.json == {"text": "\U0001f600", "stars": 0}


def test_unknown_fields_are_ignored(client: FlaskClient) -> None:
    body = rb'{"text": "hello", "id": null, "\ud800": "\ud800", "x": {"y": [1e999]}}'
    assert send(client, body).json == {"text": "hello", "stars": 0}


def test_the_last_of_two_equal_names_counts(client: FlaskClient) -> None:
    answer = send(client, '{"text": "first", "text": "last"}')
    assert answer.json == {"text": "last", "stars": 0}


def test_a_body_that_is_not_there_is_missing(client: FlaskClient) -> None:
    answer = send(client, b"")
    assert (answer.status_code, problem_of(answer)) == (400, "body-missing")


@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"],
)
def test_a_body_must_say_that_it_is_json(client: FlaskClient, content_type: str | None) -> None:
    answer = send(client, '{"text": "hello"}', content_type)
    assert (answer.status_code, problem_of(answer)) == (415, "unsupported-media-type")


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/merge-patch+json"]
)
def test_there_is_more_than_one_way_to_say_so(client: FlaskClient, content_type: str) -> None:
    assert send(client, '{"text": "hello"}', content_type).status_code == 200


def padded(length: int) -> bytes:
    head, tail = b'{"text": "hello", "padding": "', b'"}'
    return head + b"x" * (length - len(head) - len(tail)) + tail


def test_a_body_may_be_as_long_as_the_limit(client: FlaskClient) -> None:
    assert send(client, padded(MAX_BODY_BYTES)).status_code == 200


def test_no_body_may_be_longer(client: FlaskClient) -> None:
    answer = send(client, padded(MAX_BODY_BYTES + 1))
    assert (answer.status_code, problem_of(answer)) == (413, "request-entity-too-large")


def test_no_body_without_a_length_is_read_further(client: FlaskClient) -> None:
    body = padded(MAX_BODY_BYTES + 1)
    environ = {"wsgi.input_terminated": True, "CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = client.post("/view", data=body, content_type="application/json", environ_overrides=environ)
    # Werkzeug stops at the limit without a word; the gateway is who answers 413.
    assert (answer.status_code, problem_of(answer)) == (400, "malformed-json")


@pytest.mark.parametrize(("query", "limit"), [("", 10), ("limit=", 10), ("limit=1", 1), ("limit=100&x=y", 100)])
def test_a_parameter_that_is_absent_or_empty_has_its_default(reader: FlaskClient, query: str, limit: int) -> None:
    assert reader.get(f"/view?{query}").json == {"limit": limit, "name": None}


@pytest.mark.parametrize(
    "value", ["0", "101", "-1", "ten", "1.5", "1e2", "%00", "%ff", "null", "9" * 5000, "[]", "0x10"]
)
def test_a_parameter_that_makes_no_sense_is_refused(reader: FlaskClient, value: str) -> None:
    answer = reader.get(f"/view?limit={value}")
    assert (answer.status_code, problem_of(answer)) == (400, "invalid-fields")
    assert answer.json is not None
    assert [each["field"] for each in answer.json["errors"]] == ["limit"]
