"""Whatever comes in, the answer is a problem and never a 500."""

import json
from typing import Any

import pytest
import requests

from tests.people import Person

JSON = {"Content-Type": "application/json"}
DEEPER = b"[" * 20_000 + b"]" * 20_000
# Some parsers go as deep as that; then it is of the wrong type, wherever it is looked for.
DEEP = b'{"source": %s, "password": 1}' % DEEPER


def an_object(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


ENDPOINTS = [
    ("POST", "/users", "nickname"),
    ("POST", "/users", "password"),
    ("POST", "/messages", "source"),
    ("PUT", "/messages/1", "source"),
    ("POST", "/renderings", "source"),
]
# Where a field may be left out.
CHANGES = [("PUT", "/users/1", "nickname"), ("PUT", "/users/1", "password")]
VALUES: list[Any] = [None, 1, 1.5, True, [], {}, "", "\0", "a\0b", "\ud800", 10**400, -1, "x" * 9000, ["x"], {"x": "y"}]
BODIES = {
    "none": b"",
    "space": b" ",
    "array": b"[]",
    "null": b"null",
    "string": b'"source"',
    "number": b"1",
    "huge number": b"1" * 5_000,
    "infinity": b'{"source": 1e999, "nickname": 1e999, "password": NaN}',
    "unfinished": b'{"source": ',
    "invalid UTF-8": b'{"source": "\xff\xfe", "nickname": "\xff", "password": "\xff"}',
    "UTF-16": '{"source": "x"}'.encode("utf-16"),
    "NUL": b"\0",
    "deep": DEEP,
    "form": b"source=x&nickname=x&password=x",
}


def is_problem(answer: Any, *statuses: int) -> bool:
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    body = answer.json()
    assert answer.status_code == body["status"]
    assert body["type"].startswith("/problems/")
    assert body["title"]
    assert body["detail"]
    return answer.status_code in statuses


@pytest.mark.parametrize(("method", "path"), sorted({(method, path) for method, path, _ in [*ENDPOINTS, *CHANGES]}))
@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_object(ann: Person, method: str, path: str, name: str) -> None:
    assert is_problem(ann.call(method, path, data=BODIES[name], headers=JSON), 400)


@pytest.mark.parametrize(("method", "path", "field"), [*ENDPOINTS, *CHANGES])
@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
def test_a_field_that_is_not_what_it_should_be(ann: Person, method: str, path: str, field: str, value: Any) -> None:
    valid = {"nickname": "new", "password": "long enough", "source": "x"}
    answer = ann.call(method, path, data=an_object(**{**valid, field: value}), headers=JSON)
    assert is_problem(answer, 400)
    assert field in answer.json()["detail"]


@pytest.mark.parametrize(("method", "path", "field"), ENDPOINTS)
def test_a_field_that_is_missing(ann: Person, method: str, path: str, field: str) -> None:
    valid = {"nickname": "new", "password": "long enough", "source": "x"}
    del valid[field]
    assert is_problem(ann.call(method, path, json=valid), 400)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ";"]
)
@pytest.mark.parametrize("path", ["/users", "/messages", "/renderings"])
def test_a_body_of_another_type(ann: Person, path: str, content_type: str) -> None:
    body = an_object(nickname="new", password="long enough", source="x")
    assert is_problem(ann.call("POST", path, data=body, headers={"Content-Type": content_type}), 415)


@pytest.mark.parametrize(
    "nickname",
    [" ann", "ann ", "a:b", "a\nb", "a\u202eb", "a\u200bb", "\u2028", "x" * 33, "\ud83d"],
    ids=ascii,
)
def test_a_nickname_that_may_not_be(ann: Person, nickname: str) -> None:
    body = an_object(nickname=nickname, password="long enough")
    answer = ann.call("POST", "/users", data=body, headers=JSON)
    assert is_problem(answer, 400)
    assert answer.json()["errors"][0]["field"] == "nickname"


def test_a_nickname_that_is_taken_in_another_case(ann: Person) -> None:
    answer = ann.call("POST", "/users", json={"nickname": ann.nickname.upper(), "password": "long enough"})
    assert is_problem(answer, 400)
    assert answer.json()["type"] == "/problems/nickname-taken"


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=1001",
        "limit=-1",
        "limit=x",
        "limit=1e3",
        f"limit={10**30}",
        "updated_since=x",
        "updated_since=-1",
        f"updated_since={10**30}",
        "updated_since=%00",
        "updated_since=%ff",
        "updated_since=NaN",
    ],
)
@pytest.mark.parametrize("path", ["/users", "/messages"])
def test_a_parameter_that_makes_no_sense(ann: Person, path: str, query: str) -> None:
    assert is_problem(ann.call("GET", f"{path}?{query}"), 400)


@pytest.mark.parametrize(
    "query", ["user_id=0", "user_id=x", f"user_id={2**63}", "before=0", "before=x", f"before={2**63}"]
)
def test_a_message_parameter_that_makes_no_sense(ann: Person, query: str) -> None:
    assert is_problem(ann.call("GET", f"/messages?{query}"), 400)


@pytest.mark.parametrize(
    "path",
    [
        "/users/0",
        "/users/x",
        "/users/-1",
        f"/users/{2**63}",
        f"/users/{2**63 - 1}",
        f"/users/{'9' * 5000}",
        "/users/%ff",
        "/users/1.5",
        "/users/\u0661",
        f"/messages/{2**63 - 1}",
        f"/messages/{2**64}",
        "/messages/null",
        "/tasks/1",
        "/tasks/00000000-0000-0000-0000-000000000000",
        "/nothing",
        "/tokens/1",
        "",
        "/",
    ],
)
def test_a_path_that_leads_nowhere(ann: Person, path: str) -> None:
    assert is_problem(ann.call("GET", f"/api/v1{path}"), 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/messages/{2**63}"),
        ("PUT", f"/messages/{2**63}"),
        ("DELETE", f"/messages/{2**63}"),
        ("PUT", f"/users/{2**63}"),
    ],
)
def test_an_id_that_is_too_large_leads_nowhere_by_any_method(ann: Person, method: str, path: str) -> None:
    assert is_problem(ann.call(method, path, json={"source": "x"}), 404)


@pytest.mark.parametrize("path", ["/users/%00"])
def test_a_path_that_is_none(ann: Person, path: str) -> None:
    assert is_problem(raw_get(f"{ann.base_url}/api/v1{path}"), 400)


def test_a_path_that_is_too_long(ann: Person) -> None:
    assert is_problem(ann.call("GET", f"/users/{'9' * 9_000}"), 414)


def raw_get(url: str) -> requests.Response:
    request = requests.Request("GET", url).prepare()
    request.url = url  # as it is, without the client tidying it up
    return requests.Session().send(request, timeout=10)


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/users"), ("PATCH", "/messages/1"), ("POST", "/messages/1"), ("GET", "/tokens"), ("PUT", "/users/me")],
)
def test_a_method_that_is_not_served(ann: Person, method: str, path: str) -> None:
    assert is_problem(ann.call(method, path), 405)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic %%%",
        "Basic " + "A" * 2000,
        "Basic /////w==",  # invalid UTF-8
        "Basic AAA6AAA=",  # NUL
        "Basic bm9jb2xvbg==",
        "Basic OnB3",
        "Bearer x",
        "Digest x",
    ],
)
def test_a_login_that_cannot_be(ann: Person, header: str) -> None:
    answer = ann.call("POST", "/tokens", headers={"Authorization": header})
    assert is_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Authentication Required"'


@pytest.mark.parametrize(
    "header", ["Bearer x", "Bearer a.b.c", "bearer " + "x" * 3000, "Bearer " + "ü" * 10, "Bearer null"]
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/messages"), ("POST", "/messages"), ("DELETE", "/tokens")])
def test_a_token_that_is_wrong(ann: Person, method: str, path: str, header: str) -> None:
    answer = ann.call(method, path, headers={"Authorization": header.encode()}, json={"source": "x"})
    assert is_problem(answer, 401)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic x", "nonsense"])
def test_what_is_no_token_reads_anonymously_and_cannot_post(ann: Person, header: str) -> None:
    assert ann.call("GET", "/messages", headers={"Authorization": header}).status_code == 200
    assert is_problem(ann.call("POST", "/messages", headers={"Authorization": header}, json={"source": "x"}), 401)


def test_a_body_that_is_too_large(ann: Person) -> None:
    assert is_problem(ann.call("POST", "/messages", json={"source": "x" * 70_000}), 413)


def test_fields_that_nobody_knows_are_ignored(ann: Person) -> None:
    assert ann.call("POST", "/messages", json={"source": "x", "id": None, "html": "<b>"}).status_code == 202
