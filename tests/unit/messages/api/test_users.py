"""What is refused of registrations and of questions about users, before the database is asked."""

import json
from collections.abc import Callable
from contextlib import suppress
from threading import BoundedSemaphore
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from chassis.internal import ServiceUnavailableError
from messages.api.users import one_of
from messages.cursors import Cursor, encode_cursor

Problem = Callable[[TestResponse], tuple[int, str]]
JSON = {"Content-Type": "application/json"}
USERS = "/api/v1/users"
CURSOR = encode_cursor(Cursor.since(7, "e"))

WRONG: dict[str, tuple[dict[str, Any], set[str]]] = {
    "nothing": ({}, {"nickname", "password"}),
    "no nickname": ({"password": "hunter22"}, {"nickname"}),
    "no password": ({"nickname": "ann"}, {"password"}),
    "null for a nickname": ({"nickname": None, "password": "hunter22"}, {"nickname"}),
    "a number for a nickname": ({"nickname": 7, "password": "hunter22"}, {"nickname"}),
    "an empty nickname": ({"nickname": "", "password": "hunter22"}, {"nickname"}),
    "a nickname of 33 characters": ({"nickname": "x" * 33, "password": "hunter22"}, {"nickname"}),
    "a nickname with a colon": ({"nickname": "a:b", "password": "hunter22"}, {"nickname"}),
    "a nickname with NUL": ({"nickname": "a\0b", "password": "hunter22"}, {"nickname"}),
    "a nickname with half a surrogate pair": ({"nickname": "a\ud800", "password": "hunter22"}, {"nickname"}),
    "a nickname that turns round": ({"nickname": "\u202enna", "password": "hunter22"}, {"nickname"}),
    "a nickname of spaces": ({"nickname": "   ", "password": "hunter22"}, {"nickname"}),
    "a password of 7 characters": ({"nickname": "ann", "password": "x" * 7}, {"password"}),
    "a password of 129 characters": ({"nickname": "ann", "password": "x" * 129}, {"password"}),
    "a password with NUL": ({"nickname": "ann", "password": "\0" * 8}, {"password"}),
    "a password of half surrogate pairs": ({"nickname": "ann", "password": "\ud800" * 8}, {"password"}),
    "the commonest password": ({"nickname": "ann", "password": "password1"}, {"password"}),
    "the commonest password in other case": ({"nickname": "ann", "password": "PassWord1"}, {"password"}),
    "an array for a password": ({"nickname": "ann", "password": ["hunter22"]}, {"password"}),
}


@pytest.mark.parametrize(("body", "fields"), WRONG.values(), ids=WRONG)
def test_a_registration_that_makes_no_sense_is_told_why(
    client: FlaskClient, problem: Problem, body: dict[str, Any], fields: set[str]
) -> None:
    answer = client.post(USERS, data=json.dumps(body), headers=JSON)
    assert problem(answer) == (400, "invalid-fields")
    assert answer.json is not None
    assert {each["field"] for each in answer.json["errors"]} == fields


@pytest.mark.parametrize(
    "body",
    [
        {"nickname": "x", "password": "x" * 8},
        {"nickname": "\U0001f600" * 32, "password": "\U0001f600" * 128},
        {"nickname": "ann", "password": "hunter22", "id": None, "online": None, "html": ["what the old client sends"]},
    ],
)
def test_a_registration_that_makes_sense_goes_to_the_database(
    client: FlaskClient, problem: Problem, body: dict[str, Any]
) -> None:
    assert problem(client.post(USERS, json=body)) == (503, "unavailable")


WRONG_CHANGES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "null for a nickname": ({"nickname": None}, {"nickname"}),
    "null for a password": ({"nickname": "ann", "password": None}, {"password"}),
    "a number for a nickname": ({"nickname": 7}, {"nickname"}),
    "a nickname with a colon": ({"nickname": "a:b"}, {"nickname"}),
    "a password of 7 characters": ({"password": "x" * 7}, {"password"}),
    "one of the commonest passwords": ({"password": "qwertyuiop"}, {"password"}),
    "both": ({"nickname": "", "password": ""}, {"nickname", "password"}),
}


@pytest.mark.parametrize(("body", "fields"), WRONG_CHANGES.values(), ids=WRONG_CHANGES)
def test_a_change_that_makes_no_sense_is_told_why(
    client: FlaskClient, problem: Problem, ann: dict[str, str], body: dict[str, Any], fields: set[str]
) -> None:
    answer = client.put(f"{USERS}/1", json=body, headers=ann)
    assert problem(answer) == (400, "invalid-fields")
    assert answer.json is not None
    assert {each["field"] for each in answer.json["errors"]} == fields


@pytest.mark.parametrize("body", [{}, {"nickname": "ann"}, {"password": "x" * 8}, {"online": None}])
def test_a_change_that_makes_sense_goes_to_the_database(
    client: FlaskClient, problem: Problem, ann: dict[str, str], body: dict[str, Any]
) -> None:
    assert problem(client.put(f"{USERS}/1", json=body, headers=ann)) == (503, "unavailable")


def test_nobody_changes_a_user_without_a_token(client: FlaskClient, problem: Problem) -> None:
    assert problem(client.put(f"{USERS}/1", json={"nickname": "bob"})) == (401, "not-authenticated")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=1001",
        "limit=x",
        "updated_since=-1",
        "updated_since=1e9",
        "limit=%00",
        "cursor=1",
        f"cursor={CURSOR}x",
        f"cursor={CURSOR}&updated_since=1",
    ],
)
def test_a_list_is_not_asked_for_with_parameters_that_make_no_sense(
    client: FlaskClient, problem: Problem, query: str
) -> None:
    assert problem(client.get(f"{USERS}?{query}")) == (400, "invalid-fields")


@pytest.mark.parametrize("updated_since", ["253402300800", "9" * 20, "9" * 4000], ids=len)
def test_time_ends_with_the_year_9999(client: FlaskClient, problem: Problem, updated_since: str) -> None:
    assert problem(client.get(f"{USERS}?updated_since={updated_since}")) == (400, "invalid-fields")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "online=0",
        "online=1",
        "online=",
        "online=%00",
        "limit=1000&updated_since=253402300799",
        "cursor=",
        f"cursor={CURSOR}&online=1&limit=1",
    ],
)
def test_any_other_list_is_read(client: FlaskClient, problem: Problem, query: str) -> None:
    assert problem(client.get(f"{USERS}?{query}")) == (503, "unavailable")


def test_a_place_that_was_left_is_free_again() -> None:
    places = BoundedSemaphore(1)
    for _ in range(2):
        with suppress(ZeroDivisionError), one_of(places):
            raise ZeroDivisionError


def test_whoever_finds_no_place_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messages.api.users.WAIT_FOR_A_CALL_SECONDS", 0.01)
    places = BoundedSemaphore(1)
    with one_of(places), pytest.raises(ServiceUnavailableError), one_of(places):
        pytest.fail("there was a second place")


def test_nobody_is_me_without_a_token(client: FlaskClient, problem: Problem) -> None:
    assert problem(client.get(f"{USERS}/me")) == (401, "not-authenticated")


@pytest.mark.parametrize("path", ["", "/1"])
def test_a_wrong_token_reads_nothing(client: FlaskClient, problem: Problem, path: str) -> None:
    answer = client.get(f"{USERS}{path}", headers={"Authorization": "Bearer BOB"})
    assert problem(answer) == (401, "token-rejected")


@pytest.mark.parametrize("path", ["", "/1"])
def test_where_nobody_reads_anonymously_a_token_is_needed(
    closed_client: FlaskClient, problem: Problem, ann: dict[str, str], path: str
) -> None:
    assert problem(closed_client.get(f"{USERS}{path}")) == (401, "not-authenticated")
    assert problem(closed_client.get(f"{USERS}{path}", headers=ann)) == (503, "unavailable")


def test_registering_needs_no_token_anywhere(closed_client: FlaskClient, problem: Problem) -> None:
    assert problem(closed_client.post(USERS, json={"nickname": "ann", "password": "hunter22"}))[0] == 503


@pytest.mark.parametrize("user_id", ["0x1", "-1", "1.0", "me2", "9223372036854775808"])
def test_what_no_user_can_have_for_an_id_is_not_found(client: FlaskClient, problem: Problem, user_id: str) -> None:
    assert problem(client.get(f"{USERS}/{user_id}")) == (404, "not-found")
