"""Requests made up from the API's description, sensible and not: every answer is one that it tells of."""

from http import HTTPStatus
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import missing_required_header, negative_data_rejection

from tests.description import DOCUMENT, committed
from tests.people import Person

SECONDS = 30
EXAMPLES = 10

LISTS = ["messages_index", "users_index"]
CONFIG = schemathesis.Config.from_dict(
    {
        # A text that is too long may be a body that is too large.
        "checks": {"negative_data_rejection": {"expected-statuses": [400, 401, 403, 404, 409, 410, 413, 415, 422]}},
        # nginx refuses TRACE wherever it is sent, and cannot know what else is served there.
        "phases": {"coverage": {"unexpected-methods": ["get", "put", "post", "delete", "patch"]}},
        "operations": [
            {
                # No schema says that parameters exclude each other, what a cursor is, or that a nickname is taken.
                "include-operation-id": [*LISTS, "users_register", "users_change"],
                "checks": {"positive_data_acceptance": {"enabled": False}},
            },
            {
                # A parameter without a value counts as one that is not there; tests of bad input do the others.
                "include-operation-id": LISTS,
                "checks": {"negative_data_rejection": {"enabled": False}},
            },
            {
                # One key is good for one message.
                "include-operation-id": "messages_post",
                "checks": {"positive_data_acceptance": {"expected-statuses": [201, 202, 401, 409, 422]}},
            },
        ],
    }
)
API = schemathesis.openapi.from_path(DOCUMENT, config=CONFIG)
WITH_ID = API.include(lambda context: "{" in context.operation.path)

# Wrong paths and missing tokens never get as far as the API.
PUT_RIGHT_HERE = [missing_required_header, negative_data_rejection]

bounded = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_the_gateway_serves_the_description(base_url: str) -> None:
    for prefix in ("/api", "/api/v1"):
        assert requests.get(f"{base_url}{prefix}/openapi.json", timeout=SECONDS).json() == committed().document


@API.parametrize()
@bounded
def test_requests_of_nobody(case: Case[Any], base_url: str) -> None:
    case.call_and_validate(base_url=base_url, timeout=SECONDS)


@API.parametrize()
@bounded
def test_requests_of_a_user(case: Case[Any], ann: Person) -> None:
    if case.method == "DELETE" and case.path.endswith("/tokens"):
        ann.log_in()  # the session before is over
    case.call_and_validate(base_url=ann.base_url, headers={"Authorization": f"Bearer {ann.token}"}, timeout=SECONDS)


class Owner:
    """Somebody with something of their own; somebody else once it is gone."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self.renew()

    def renew(self) -> None:
        """Begin anew."""
        self.person = Person(self._base_url)
        posted = self.person.call("POST", "/messages", json={"source": "hello"})
        task_id = posted.headers["Location"].rpartition("/")[2]
        self.ids = {"user_id": self.person.id, "message_id": posted.json()["id"], "task_id": task_id}


@pytest.fixture
def owner(base_url: str) -> Owner:
    return Owner(base_url)


@WITH_ID.parametrize()
@bounded
def test_requests_of_a_user_about_what_is_theirs(case: Case[Any], owner: Owner) -> None:
    case.path_parameters = {name: owner.ids[name] for name in case.path_parameters}
    person = owner.person
    headers = {"Authorization": f"Bearer {person.token}"}
    answer = case.call_and_validate(
        base_url=person.base_url, headers=headers, excluded_checks=PUT_RIGHT_HERE, timeout=SECONDS
    )
    if answer.status_code == HTTPStatus.NO_CONTENT:
        owner.renew()
