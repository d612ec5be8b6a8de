"""What only other services may ask of auth."""

import json

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

CREDENTIAL = {"X-Service-Credential": "open sesame"}


def put(client: FlaskClient, body: object, path: str = "/internal/credentials/1") -> TestResponse:
    return client.put(path, data=json.dumps(body), content_type="application/json", headers=CREDENTIAL)


@pytest.mark.parametrize(("method", "path"), [("PUT", "/internal/credentials/1"), ("GET", "/internal/revocations")])
def test_nobody_else_learns_that_it_is_there(client: FlaskClient, method: str, path: str) -> None:
    for headers in ({}, {"X-Service-Credential": ""}, {"X-Service-Credential": "open"}):
        assert client.open(path, method=method, headers=headers).status_code == 404


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
    answer = put(client, body)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["type"] == "/problems/invalid-fields"


def test_credentials_that_cannot_be_stored_now_may_come_again(client: FlaskClient) -> None:
    assert put(client, {"nickname": "ann", "password": "hunter22"}).status_code == 503


@pytest.mark.parametrize("user_id", ["ann", "-1", "9223372036854775808"])
def test_credentials_belong_to_a_user_who_can_be(client: FlaskClient, user_id: str) -> None:
    body = {"nickname": "ann", "password": "hunter22"}
    assert put(client, body, f"/internal/credentials/{user_id}").status_code == 404
