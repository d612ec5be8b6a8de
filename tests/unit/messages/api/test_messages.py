"""What is refused of messages and of questions about them, before the database is asked."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from messages.cursors import Cursor, encode_cursor

Problem = Callable[[TestResponse], tuple[int, str]]
JSON = {"Content-Type": "application/json"}
MESSAGES = "/api/v1/messages"
CURSOR = encode_cursor(Cursor.since(7, "e"))
WRITES = [("POST", MESSAGES), ("PUT", f"{MESSAGES}/1")]
writes = pytest.mark.parametrize(("method", "path"), WRITES)

WRONG: dict[str, Any] = {
    "nothing": {},
    "null": {"source": None},
    "a number": {"source": 7},
    "an array": {"source": ["hello"]},
    "empty text": {"source": ""},
    "8001 characters": {"source": "x" * 8001},
    "NUL": {"source": "hello\0"},
    "half a surrogate pair": {"source": "\ud83d"},
}


@writes
@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_a_source_that_makes_no_sense_is_refused(
    client: FlaskClient, problem: Problem, ann: dict[str, str], method: str, path: str, body: Any
) -> None:
    answer = client.open(path, method=method, data=json.dumps(body), headers={**ann, **JSON})
    assert problem(answer) == (400, "invalid-fields")
    assert answer.json is not None
    assert [each["field"] for each in answer.json["errors"]] == ["source"]


@writes
@pytest.mark.parametrize("source", ["x", "x" * 8000, "\U0001f600" * 8000, "\ufffe", "<script>", " ", "\n"], ids=len)
def test_a_source_that_makes_sense_goes_to_the_database(
    client: FlaskClient, problem: Problem, ann: dict[str, str], method: str, path: str, source: str
) -> None:
    body = json.dumps({"source": source}, ensure_ascii=False).encode()
    answer = client.open(path, method=method, data=body, content_type="application/json", headers=ann)
    assert problem(answer) == (503, "unavailable")


@writes
@pytest.mark.parametrize("authorization", ["", "Bearer ", "Basic QU5OOng="])
def test_whoever_is_not_logged_in_writes_nothing(
    client: FlaskClient, problem: Problem, method: str, path: str, authorization: str
) -> None:
    answer = client.open(path, method=method, data=b"{", headers={"Authorization": authorization})
    assert problem(answer) == (401, "not-authenticated")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=1001",
        "user_id=0",
        "user_id=ann",
        "before=0",
        "before=x",
        f"before={2**63}",
        f"user_id={2**63}",
        "cursor=1",
        f"cursor={CURSOR}x",
        f"cursor={CURSOR}%00",
        f"cursor={'1' * 100_000}",
        f"cursor={CURSOR}&updated_since=1",
        f"cursor={CURSOR}&before=1",
    ],
    ids=range(14),
)
def test_a_list_is_not_asked_for_with_parameters_that_make_no_sense(
    client: FlaskClient, problem: Problem, query: str
) -> None:
    assert problem(client.get(f"{MESSAGES}?{query}")) == (400, "invalid-fields")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "before=&user_id=&limit=",
        "before=1&limit=1",
        f"user_id={2**63 - 1}",
        "updated_since=5",
        f"cursor={CURSOR}&limit=1&user_id=1",
        f"cursor={CURSOR}&updated_since=0",
    ],
)
def test_any_other_list_is_read(client: FlaskClient, problem: Problem, query: str) -> None:
    assert problem(client.get(f"{MESSAGES}?{query}")) == (503, "unavailable")


@pytest.mark.parametrize("path", [MESSAGES, f"{MESSAGES}/1"])
def test_where_nobody_reads_anonymously_a_token_is_needed(
    closed_client: FlaskClient, problem: Problem, ann: dict[str, str], path: str
) -> None:
    assert problem(closed_client.get(path)) == (401, "not-authenticated")
    assert problem(closed_client.get(path, headers=ann)) == (503, "unavailable")
