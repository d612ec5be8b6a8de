"""What auth answers before it needs its database."""

import json
from base64 import b64encode

import jwt
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def basic(credentials: bytes) -> str:
    return "Basic " + b64encode(credentials).decode()


def problem_of(answer: TestResponse) -> str:
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    return str(answer.json["type"]).removeprefix("/problems/")


NO_CREDENTIALS: dict[str, str | None] = {
    "nothing": None,
    "an empty header": "",
    "a Bearer": "Bearer x",
    "Basic alone": "Basic",
    "Basic and nothing": "Basic ",
    "no base64": "Basic !!!",
    "no ASCII": "Basic \xff\xff",
    "no UTF-8": basic(b"\xff\xfe:secret"),
    "no nickname": basic(b":secret"),
    "nothing inside": basic(b""),
    "another scheme": "Digest username=ann",
}


@pytest.mark.parametrize("authorization", NO_CREDENTIALS.values(), ids=NO_CREDENTIALS)
def test_whoever_has_no_credentials_gets_no_token_and_no_dialog(client: FlaskClient, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = client.post("/api/v1/tokens", headers=headers)
    assert (answer.status_code, problem_of(answer)) == (401, "invalid-credentials")
    assert answer.headers.getlist("WWW-Authenticate") == ['Bearer realm="Authentication Required"']


@pytest.mark.parametrize("authorization", ["Basic YW5uOnNlY3JldA==", "basic YW5uOg==", "Basic YW5u"])
def test_credentials_are_looked_up(client: FlaskClient, authorization: str) -> None:
    answer = client.post("/api/v1/tokens", headers={"Authorization": authorization})
    assert (answer.status_code, problem_of(answer)) == (503, "unavailable")


@pytest.mark.parametrize("nickname", ["a\0b", "x" * 5000])
def test_a_nickname_that_nobody_can_have_is_no_fault_of_ours(client: FlaskClient, nickname: str) -> None:
    answer = client.post("/api/v1/tokens", headers={"Authorization": basic(f"{nickname}:secret".encode())})
    assert answer.status_code in {401, 503}


@pytest.mark.parametrize(
    ("authorization", "slug"),
    [("", "not-authenticated"), ("Bearer ", "not-authenticated"), ("Bearer x.y.z", "token-rejected")],
)
def test_only_who_is_logged_in_logs_out(client: FlaskClient, authorization: str, slug: str) -> None:
    answer = client.delete("/api/v1/tokens", headers={"Authorization": authorization})
    assert (answer.status_code, problem_of(answer)) == (401, slug)


NO_REFRESH_TOKENS: dict[str, object] = {
    "nothing": {},
    "null": {"refresh_token": None},
    "a number": {"refresh_token": 7},
    "nothing in it": {"refresh_token": ""},
    "NUL": {"refresh_token": "a\0b"},
    "half a surrogate pair": {"refresh_token": "\ud800"},
}


@pytest.mark.parametrize("body", NO_REFRESH_TOKENS.values(), ids=NO_REFRESH_TOKENS)
def test_what_can_be_no_refresh_token_is_told_why(client: FlaskClient, body: object) -> None:
    data = json.dumps(body)
    answer = client.put("/api/v1/tokens", data=data, content_type="application/json")
    assert (answer.status_code, problem_of(answer)) == (400, "invalid-fields")


def test_a_refresh_token_that_is_too_long_is_not_looked_up(client: FlaskClient) -> None:
    answer = client.put("/api/v1/tokens", json={"refresh_token": "x" * 257})
    assert (answer.status_code, problem_of(answer)) == (401, "refresh-token-rejected")


def test_a_refresh_token_that_cannot_be_looked_up_may_come_again(client: FlaskClient) -> None:
    answer = client.put("/api/v1/tokens", json={"refresh_token": "x" * 43})
    assert (answer.status_code, problem_of(answer)) == (503, "unavailable")


def test_the_public_keys_can_be_kept_for_a_while(client: FlaskClient) -> None:
    answer = client.get("/.well-known/jwks.json")
    assert answer.headers["Cache-Control"] == "public, max-age=30"
    assert answer.json is not None
    [key] = jwt.PyJWKSet.from_dict(answer.json).keys
    assert key.key_id


def test_the_private_key_is_not_among_them(client: FlaskClient) -> None:
    answer = client.get("/.well-known/jwks.json")
    assert answer.json is not None
    assert [set(key) for key in answer.json["keys"]] == [{"kty", "crv", "x", "kid", "alg", "use"}]


def test_auth_is_not_ready_without_its_database(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "not ready", "failing": ["database"]})
