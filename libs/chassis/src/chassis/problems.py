"""Every error an answer: `application/problem+json` (RFC 9457) with a stable `type`."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypeAlias

import structlog
from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

from chassis.amqp import BrokerUnavailableError
from chassis.bodies import EmptyBodyError, InvalidFieldsError, MalformedJsonError, NotJsonError
from chassis.database import DATABASE_ERRORS
from chassis.internal import ServiceUnavailableError
from chassis.revocations import RevocationsUnknownError
from chassis.tokens import KeysUnavailableError, NotAuthenticatedError, TokenRejectedError

log = structlog.get_logger(__name__)

ProblemTable: TypeAlias = Mapping[type[Exception], tuple[HTTPStatus, str]]

COMMON_PROBLEMS: ProblemTable = {
    EmptyBodyError: (HTTPStatus.BAD_REQUEST, "body-missing"),
    MalformedJsonError: (HTTPStatus.BAD_REQUEST, "malformed-json"),
    InvalidFieldsError: (HTTPStatus.BAD_REQUEST, "invalid-fields"),
    NotJsonError: (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type"),
    NotAuthenticatedError: (HTTPStatus.UNAUTHORIZED, "not-authenticated"),
    TokenRejectedError: (HTTPStatus.UNAUTHORIZED, "token-rejected"),
    KeysUnavailableError: (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"),
    RevocationsUnknownError: (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"),
    ServiceUnavailableError: (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"),
    BrokerUnavailableError: (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"),
    **dict.fromkeys(DATABASE_ERRORS, (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable")),
}
# It may have been done all the same: a commit or a confirm may be what got lost.
UNAVAILABLE_DETAIL = "A part of Flack does not answer right now; please look, and try again in a moment."
# For errors that do not say when to try again (`retry_after_seconds`) and should.
RETRY_AFTER_SECONDS = {HTTPStatus.SERVICE_UNAVAILABLE: 1}
# Bearer even where a password was wrong: a Basic challenge would pop up a browser's dialog.
CHALLENGE = 'Bearer realm="Authentication Required"'


def problem(status: HTTPStatus, slug: str, detail: str, **members: Any) -> dict[str, Any]:
    """Return the members of a problem; *slug* is what programs tell it by."""
    return {"type": f"/problems/{slug}", "title": status.phrase, "status": status, "detail": detail, **members}


def slug_of(name: str) -> str:
    """Return what programs tell an error of HTTP itself by, whose *name* says all: `not-found`."""
    return name.lower().replace(" ", "-").replace("'", "")


def problem_of(error: Exception, table: ProblemTable) -> dict[str, Any]:
    """Return the problem that *table* has for *error*."""
    status, slug = next(table[kind] for kind in type(error).__mro__ if kind in table)
    # What went wrong inside stays in the log.
    detail = UNAVAILABLE_DETAIL if status == HTTPStatus.SERVICE_UNAVAILABLE else str(error)
    return problem(status, slug, detail, **getattr(error, "members", {}))


def register_problems(app: Flask, table: ProblemTable) -> None:
    """Answer every error with a problem: those of *table* and `COMMON_PROBLEMS`, HTTP's own, any other as a 500."""
    known: ProblemTable = {**COMMON_PROBLEMS, **table}
    app.extensions["problems"] = known

    def answer_known(error: Exception) -> Response:
        answer = problem_of(error, known)
        if answer["status"] == HTTPStatus.SERVICE_UNAVAILABLE:
            log.warning("unavailable", error=repr(error))
        return _response(answer, retry_after_seconds=getattr(error, "retry_after_seconds", None))

    for kind in known:
        app.register_error_handler(kind, answer_known)
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(Exception, _answer_bug)


def answer_http(error: HTTPException) -> Response:
    """Return the answer for an error of HTTP itself."""
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return Response(status=error.code or HTTPStatus.OK, headers=error.get_headers())
    status = HTTPStatus(error.code)
    response = _response(problem(status, slug_of(error.name), error.description or status.description))
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(allowed)
    return response


def _answer_bug(error: Exception) -> Response:
    log.error("unexpected_error", exc_info=error)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return _response(problem(status, "internal-error", "This is a fault of ours; it has been logged."))


def _response(members: dict[str, Any], *, retry_after_seconds: int | None = None) -> Response:
    response = jsonify(members)
    response.status_code = members["status"]
    response.content_type = "application/problem+json"
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = CHALLENGE
    if wait := retry_after_seconds or RETRY_AFTER_SECONDS.get(members["status"]):
        response.headers["Retry-After"] = str(wait)
    return response
