"""What is refused of questions about tasks, before the database is asked."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Problem = Callable[[TestResponse], tuple[int, str]]
TASKS = "/api/v1/tasks"


def test_only_who_is_logged_in_follows_a_task(client: FlaskClient, problem: Problem, ann: dict[str, str]) -> None:
    path = f"{TASKS}/{uuid4()}"
    assert problem(client.get(path)) == (401, "not-authenticated")
    assert problem(client.get(path, headers={"Authorization": "Bearer BOB"})) == (401, "token-rejected")
    assert problem(client.get(path, headers=ann)) == (503, "unavailable")


@pytest.mark.parametrize("task_id", ["1", "x", "00000000-0000-0000-0000", "../messages"])
def test_what_is_no_task_is_not_found(client: FlaskClient, problem: Problem, ann: dict[str, str], task_id: str) -> None:
    assert problem(client.get(f"{TASKS}/{task_id}", headers=ann)) == (404, "not-found")
