"""Every error is answered as a problem, and tells nobody what is inside."""

from collections.abc import Callable, MutableMapping
from http import HTTPStatus
from typing import Any, NoReturn

import pytest
from flask import Flask, abort
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.test import TestResponse

from chassis.amqp import BrokerUnavailableError
from chassis.internal import ServiceUnavailableError
from chassis.problems import ProblemTable, problem
from chassis.revocations import RevocationsUnknownError
from chassis.tokens import KeysUnavailableError, NotAuthenticatedError, TokenRejectedError

SECRET = "postgresql://ann:hunter2@db"


class TooLoudError(Exception):
    """Somebody shouted."""


class WayTooLoudError(TooLoudError):
    """Somebody shouted through a megaphone."""


class WithMembersError(Exception):
    """Says more than others."""

    members = {"decibels": 120}  # noqa: RUF012 - as the errors of the services have it


PROBLEMS: ProblemTable = {
    TooLoudError: (HTTPStatus.BAD_REQUEST, "too-loud"),
    WithMembersError: (HTTPStatus.CONFLICT, "with-members"),
}

Asking = Callable[[Exception], TestResponse]


@pytest.fixture
def asking(app_with: Callable[..., Flask]) -> Asking:
    """Asks for a view that raises."""

    def ask(error: Exception) -> TestResponse:
        def view() -> NoReturn:
            raise error

        return app_with(view, problems=PROBLEMS).test_client().get("/view")

    return ask


def members_of(answer: TestResponse) -> dict[str, Any]:
    assert answer.content_type == "application/problem+json"
    members = answer.json
    assert isinstance(members, dict)
    assert members["status"] == answer.status_code
    assert {"type", "title", "status", "detail"} <= members.keys()
    return members


def test_a_known_error_is_answered_as_the_table_says(asking: Asking) -> None:
    assert members_of(asking(TooLoudError("Not so loud."))) == {
        "type": "/problems/too-loud",
        "title": "Bad Request",
        "status": 400,
        "detail": "Not so loud.",
    }


def test_an_error_is_what_its_parents_are(asking: Asking) -> None:
    assert members_of(asking(WayTooLoudError()))["type"] == "/problems/too-loud"


def test_an_error_may_have_members_of_its_own(asking: Asking) -> None:
    assert members_of(asking(WithMembersError()))["decibels"] == 120


def test_an_unknown_error_is_a_fault_of_ours(asking: Asking) -> None:
    answer = asking(ZeroDivisionError(SECRET))
    assert answer.status_code == 500
    assert members_of(answer)["type"] == "/problems/internal-error"


@pytest.mark.parametrize("kind", [ZeroDivisionError, RecursionError, UnicodeError, KeyError, NotImplementedError])
def test_an_unknown_error_tells_nothing(asking: Asking, kind: type[Exception]) -> None:
    answer = asking(kind(SECRET))
    assert "hunter2" not in answer.text
    assert kind.__name__ not in answer.text
    assert "Traceback" not in answer.text


def test_an_unknown_error_is_logged(asking: Asking, logged: list[MutableMapping[str, Any]]) -> None:
    error = ZeroDivisionError(SECRET)
    asking(error)
    [entry] = [entry for entry in logged if entry["event"] == "unexpected_error"]
    assert (entry["log_level"], entry["exc_info"]) == ("error", error)


OUTAGES = [
    OperationalError("SELECT", {}, Exception(SECRET)),
    InterfaceError("SELECT", {}, Exception(SECRET)),
    PoolTimeoutError(SECRET),
    BrokerUnavailableError(SECRET),
    ServiceUnavailableError(SECRET),
    KeysUnavailableError(SECRET),
    RevocationsUnknownError(SECRET),
    InternalError("SELECT", {}, Exception(SECRET)),
]


@pytest.mark.parametrize("error", OUTAGES, ids=lambda error: type(error).__name__)
def test_an_outage_says_when_to_come_back_and_nothing_more(asking: Asking, error: Exception) -> None:
    answer = asking(error)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert members_of(answer)["type"] == "/problems/unavailable"
    assert "hunter2" not in answer.text


@pytest.mark.parametrize("error", OUTAGES, ids=lambda error: type(error).__name__)
def test_an_outage_is_logged(asking: Asking, error: Exception, logged: list[MutableMapping[str, Any]]) -> None:
    asking(error)
    assert "hunter2" in next(entry["error"] for entry in logged if entry["event"] == "unavailable")


@pytest.mark.parametrize(
    ("error", "slug"),
    [(NotAuthenticatedError("Who?"), "not-authenticated"), (TokenRejectedError("No."), "token-rejected")],
)
def test_whoever_is_not_known_is_challenged_without_a_dialog(asking: Asking, error: Exception, slug: str) -> None:
    answer = asking(error)
    assert answer.status_code == 401
    assert members_of(answer)["type"] == f"/problems/{slug}"
    assert answer.headers.getlist("WWW-Authenticate") == ['Bearer realm="Authentication Required"']


def test_nobody_else_is_challenged(asking: Asking) -> None:
    assert "WWW-Authenticate" not in asking(TooLoudError()).headers


HTTP_ERRORS = [
    (400, "bad-request"),
    (401, "unauthorized"),
    (403, "forbidden"),
    (404, "not-found"),
    (405, "method-not-allowed"),
    (409, "conflict"),
    (413, "request-entity-too-large"),
    (415, "unsupported-media-type"),
    (418, "im-a-teapot"),
    (422, "unprocessable-entity"),
    (429, "too-many-requests"),
    (500, "internal-server-error"),
    (503, "service-unavailable"),
]


@pytest.mark.parametrize(("status", "slug"), HTTP_ERRORS)
def test_errors_of_http_have_types_that_no_python_changes(
    app_with: Callable[..., Flask], status: int, slug: str
) -> None:
    answer = app_with(lambda: abort(status)).test_client().get("/view")
    assert answer.status_code == status
    assert members_of(answer)["type"] == f"/problems/{slug}"


def test_an_unknown_page_is_a_problem(app_with: Callable[..., Flask]) -> None:
    assert members_of(app_with(dict).test_client().get("/nowhere"))["type"] == "/problems/not-found"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_a_method_that_is_not_allowed_is_told_which_are(app_with: Callable[..., Flask], method: str) -> None:
    answer = app_with(dict, methods=["GET", "POST"]).test_client().open("/view", method=method)
    assert members_of(answer)["type"] == "/problems/method-not-allowed"
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_redirect_is_no_error(app_with: Callable[..., Flask]) -> None:
    app = app_with(dict)
    app.add_url_rule("/deep/view", endpoint="deep", view_func=dict)
    answer = app.test_client().get("/deep//view")
    assert answer.status_code == 308
    assert answer.headers["Location"].endswith("/deep/view")


def test_a_problem_names_its_kind_its_status_and_its_occurrence() -> None:
    assert problem(HTTPStatus.CONFLICT, "in-flight", "Wait.", key="k-1") == {
        "type": "/problems/in-flight",
        "title": "Conflict",
        "status": 409,
        "detail": "Wait.",
        "key": "k-1",
    }
