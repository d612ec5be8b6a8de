"""Calls between services: never through the gateway, always with the service credential."""

import hmac
import json
import time
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

import requests
import structlog
from flask import Flask, abort, request
from pydantic import SecretStr

from chassis.logs import correlation_id

log = structlog.get_logger(__name__)

CREDENTIAL_HEADER = "X-Service-Credential"
# Until when an answer is waited for, in epoch seconds; what is not done by then is not to be done any more.
DEADLINE_HEADER = "X-Deadline"
PREFIX = "/internal"
CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 5.0
# What is done before the deadline is known here in time; clocks may differ as much.
MARGIN_SECONDS = 1.0
NOTHING: Mapping[str, str | int | None] = MappingProxyType({})


class ServiceUnavailableError(Exception):
    """Another service did not answer in time, or not as agreed."""


class RefusedError(Exception):
    """Another service refused what it was asked, for a reason that whoever set the call in motion should know.

    Attributes:
        problem: The reason, as in RFC 9457.
    """

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(str(problem.get("detail")))
        self.problem = problem


class TooLateError(Exception):
    """Whoever asked for it has given up, and goes by its not having been done."""


class InternalClient:
    """Speaks to the internal endpoints of the service at *url*."""

    def __init__(self, url: str, credential: SecretStr) -> None:
        self._url = url.rstrip("/")
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.headers[CREDENTIAL_HEADER] = credential.get_secret_value()
        self._http.headers["Content-Type"] = "application/json"

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        parameters: Mapping[str, str | int | None] = NOTHING,
        refusals: Collection[str] = (),
    ) -> Any:
        """Return the JSON of the answer, None if it has none.

        Args:
            body: What is sent, as JSON; None is nothing.
            parameters: Of the query; None is left out.
            refusals: Types of problems that are not ours: they are raised as they are.

        Raises:
            ServiceUnavailableError: The service is away, or answered with another error.
            RefusedError: It answered one of *refusals*.
        """
        deadline = time.time() + ANSWER_SECONDS - MARGIN_SECONDS
        headers = {"X-Request-ID": correlation_id(), DEADLINE_HEADER: f"{deadline:.3f}"}
        try:
            answer = self._http.request(
                method,
                f"{self._url}{PREFIX}{path}",
                # As UTF-8: with escapes it may be three times as long, and too long for what takes it.
                data=None if body is None else json.dumps(body, ensure_ascii=False).encode(),
                params=parameters,
                headers=headers,
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
            )
            if (refusal := _problem(answer)) and refusal.get("type") in refusals:
                raise RefusedError(refusal)
            answer.raise_for_status()
            if answer.is_redirect:
                raise requests.TooManyRedirects("not one is followed")
            return answer.json() if answer.content else None
        except (requests.RequestException, ValueError) as error:
            raise ServiceUnavailableError(f"{method} {PREFIX}{path}: {error!r}") from error


def _problem(answer: requests.Response) -> Mapping[str, Any] | None:
    is_problem = answer.headers.get("Content-Type") == "application/problem+json"
    problem = answer.json() if is_problem else None
    return problem if isinstance(problem, dict) else None


def refuse_late() -> None:
    """Let nothing be done for a caller who has given up; to be called last, in the transaction.

    Raises:
        TooLateError: The deadline of the current request is past.
    """
    try:
        deadline = float(request.headers.get(DEADLINE_HEADER, "inf"))
    except ValueError:
        deadline = 0.0
    if not time.time() < deadline:
        raise TooLateError("nobody waits for it any more")


def guard_internal(app: Flask, credential: SecretStr, *, port: int) -> None:
    """Answer 404 below `/internal` to whoever does not carry *credential*, or came by another port than *port*."""
    expected = credential.get_secret_value().encode()

    def check() -> None:
        if request.path.startswith(PREFIX):
            given = request.headers.get(CREDENTIAL_HEADER, "").encode()
            if request.environ["SERVER_PORT"] != str(port) or not hmac.compare_digest(given, expected):
                log.warning("internal_call_refused", path=request.path)
                abort(404)

    app.before_request(check)
