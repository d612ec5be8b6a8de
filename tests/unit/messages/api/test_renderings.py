"""What is refused of questions about what a message would become, before the renderer is asked."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.unit.messages.api.test_messages import JSON, WRONG

Problem = Callable[[TestResponse], tuple[int, str]]
RENDERINGS = "/api/v1/renderings"


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_a_source_that_no_message_may_have_is_refused(
    client: FlaskClient, problem: Problem, ann: dict[str, str], body: Any
) -> None:
    answer = client.post(RENDERINGS, data=json.dumps(body), headers={**ann, **JSON})
    assert problem(answer) == (400, "invalid-fields")
    assert answer.json is not None
    assert [each["field"] for each in answer.json["errors"]] == ["source"]


@pytest.mark.parametrize("source", ["x", "x" * 8000, "<script>", " "], ids=len)
def test_any_other_goes_to_the_renderer(
    client: FlaskClient, problem: Problem, ann: dict[str, str], source: str
) -> None:
    assert problem(client.post(RENDERINGS, json={"source": source}, headers=ann)) == (503, "unavailable")


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Basic QU5OOng="])
def test_only_who_is_logged_in_asks(client: FlaskClient, problem: Problem, authorization: str) -> None:
    answer = client.post(RENDERINGS, data=b"{", headers={"Authorization": authorization})
    assert problem(answer) == (401, "not-authenticated")


def test_a_token_that_is_wrong_is_refused(client: FlaskClient, problem: Problem) -> None:
    answer = client.post(RENDERINGS, json={"source": "x"}, headers={"Authorization": "Bearer BOB"})
    assert problem(answer) == (401, "token-rejected")
