"""What only other services may ask of auth."""

import json

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

CREDENTIAL = {"X-Service-Credential": "open sesame"}
INSIDE = "http://auth:8001"

PATHS = [
    ("PUT", "/internal/credentials/1"),
    ("PATCH", "/internal/credentials/1"),
    ("POST", "/internal/credentials/1/verification"),
    ("GET", "/internal/revocations"),
]


def ask(client: FlaskClient, method: str, body: object, path: str = "/internal/credentials/1") -> TestResponse:
    data = json.dumps(body)
    return client.open(
        path, method=method, data=data, content_type="application/json", headers=CREDENTIAL, base_url=INSIDE
    )


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_nobody_else_learns_that_it_is_there(client: FlaskClient, method: str, path: str) -> None:
    for headers in ({}, {"X-Service-Credential": ""}, {"X-Service-Credential": "open"}):
        assert client.open(path, method=method, headers=headers, base_url=INSIDE).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"nickname": "ann"},
        {"password": "hunter22"},
        {"nickname": None, "password": "hunter22"},
        {"nickname": "ann", "password": 12345678},
        {"nickname": "ann", "password": "\ud800" * 8},
        {"nickname": "a\0n", "password": "hunter22"},
    ],
)
def test_credentials_that_make_no_sense_are_refused(client: FlaskClient, body: object) -> None:
    answer = ask(client, "PUT", body)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["type"] == "/problems/invalid-fields"


def test_credentials_that_cannot_be_stored_now_may_come_again(client: FlaskClient) -> None:
    assert ask(client, "PUT", {"nickname": "ann", "password": "hunter22"}).status_code == 503


@pytest.mark.parametrize("body", [{"nickname": 7}, {"password": ["hunter22"]}, {"nickname": "a\0n"}])
def test_changes_that_make_no_sense_are_refused(client: FlaskClient, body: object) -> None:
    assert ask(client, "PATCH", body).status_code == 400


@pytest.mark.parametrize("body", [{"nickname": "ann"}, {"password": "hunter22"}, {"nickname": "ann", "password": None}])
def test_either_may_be_changed_alone(client: FlaskClient, body: object) -> None:
    assert ask(client, "PATCH", body).status_code == 503


@pytest.mark.parametrize("user_id", ["ann", "-1", "9223372036854775808"])
def test_credentials_belong_to_a_user_who_can_be(client: FlaskClient, user_id: str) -> None:
    body = {"nickname": "ann", "password": "hunter22"}
    assert ask(client, "PUT", body, f"/internal/credentials/{user_id}").status_code == 404


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_nothing_of_it_is_there_where_clients_ask(client: FlaskClient, method: str, path: str) -> None:
    assert client.open(path, method=method, headers=CREDENTIAL, base_url="http://auth:8000").status_code == 404


@pytest.mark.parametrize("since", ["x", "-1", "1.5", "1099511627776", str(10**30)])
def test_revocations_are_asked_for_since_a_time(client: FlaskClient, since: str) -> None:
    path = f"/internal/revocations?since={since}"
    assert client.get(path, headers=CREDENTIAL, base_url=INSIDE).status_code == 400


@pytest.mark.parametrize("body", [{}, {"password": None}, {"password": 7}])
def test_a_password_is_needed_to_verify_one(client: FlaskClient, body: object) -> None:
    assert ask(client, "POST", body, "/internal/credentials/1/verification").status_code == 400
