"""Services call each other with a credential, and take no error for an answer."""

import time

import pytest
import structlog
from flask import Flask
from pydantic import SecretStr

from chassis.internal import (
    ANSWER_SECONDS,
    CREDENTIAL_HEADER,
    DEADLINE_HEADER,
    InternalClient,
    RefusedError,
    ServiceUnavailableError,
    TooLateError,
    guard_internal,
    refuse_late,
)
from chassis.web import base_app
from tests.unit.chassis.conftest import TinyServer

CREDENTIAL = SecretStr("open sesame")
INSIDE = "http://auth:8001"


@pytest.fixture
def auth(server: TinyServer) -> InternalClient:
    return InternalClient(server.url + "/", CREDENTIAL)


@pytest.fixture
def guarded() -> Flask:
    app = base_app("test", checks={}, problems={})
    guard_internal(app, CREDENTIAL, port=8001)
    app.add_url_rule("/internal/secrets", view_func=lambda: "secrets", endpoint="secrets")
    app.add_url_rule("/public", view_func=lambda: "public", endpoint="public")
    return app


def test_a_call_goes_below_internal_and_carries_the_credential(auth: InternalClient, server: TinyServer) -> None:
    server.says({"revoked": []})
    assert auth.call("GET", "/revocations") == {"revoked": []}
    assert server.asked == ["GET /internal/revocations"]
    assert server.got[0]["x-service-credential"] == "open sesame"


def test_what_is_sent_is_json(auth: InternalClient, server: TinyServer) -> None:
    server.status = 204
    assert auth.call("PUT", "/credentials/1", {"nickname": "ann"}) is None
    headers, body = server.got
    assert (headers["content-type"], body) == ("application/json", b'{"nickname": "ann"}')


def test_no_text_is_longer_on_its_way_than_it_was_when_it_came(auth: InternalClient, server: TinyServer) -> None:
    server.says({})
    auth.call("POST", "/renderings", {"source": "\U0001f600" * 8000})
    assert server.got[1] == b'{"source": "%s"}' % ("\U0001f600" * 8000).encode()


def test_the_other_service_logs_the_same_correlation_id(auth: InternalClient, server: TinyServer) -> None:
    with structlog.contextvars.bound_contextvars(correlation_id="c-7"):
        auth.call("GET", "/revocations")
    assert server.got[0]["x-request-id"] == "c-7"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 429, 500, 502, 503])
def test_an_error_is_no_answer(auth: InternalClient, server: TinyServer, status: int) -> None:
    server.says({"status": status})
    server.status = status
    with pytest.raises(ServiceUnavailableError):
        auth.call("PUT", "/credentials/1", {})


def test_a_refusal_that_is_somebody_elses_is_raised_as_it_is(auth: InternalClient, server: TinyServer) -> None:
    problem = {"type": "/problems/cursor-expired", "status": 400, "detail": "Please begin anew."}
    server.says(problem)
    server.status, server.headers["Content-Type"] = 400, "application/problem+json"
    with pytest.raises(RefusedError, match="Please begin anew") as refusal:
        auth.call("GET", "/changes", refusals={"/problems/cursor-expired"})
    assert refusal.value.problem == problem


@pytest.mark.parametrize("body", [b'{"type": "/problems/not-found"}', b'"/problems/late"', b"{}", b"["])
def test_any_other_problem_is_no_answer(auth: InternalClient, server: TinyServer, body: bytes) -> None:
    server.body = body
    server.status, server.headers["Content-Type"] = 400, "application/problem+json"
    with pytest.raises(ServiceUnavailableError):
        auth.call("GET", "/changes", refusals={"/problems/late"})


def test_parameters_are_escaped_and_left_out_where_there_are_none(auth: InternalClient, server: TinyServer) -> None:
    server.says({})
    auth.call("GET", "/changes", parameters={"cursor": "a&b=ü", "limit": 7, "since": None})
    assert server.asked == ["GET /internal/changes?cursor=a%26b%3D%C3%BC&limit=7"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_neither_followed_nor_an_answer(auth: InternalClient, server: TinyServer, status: int) -> None:
    server.status = status
    server.headers["Location"] = f"{server.url}/elsewhere"
    with pytest.raises(ServiceUnavailableError):
        auth.call("PUT", "/credentials/1", {})
    assert server.asked == ["PUT /internal/credentials/1"]


def test_what_is_no_json_is_no_answer(auth: InternalClient, server: TinyServer) -> None:
    server.body = b"<html>"
    with pytest.raises(ServiceUnavailableError):
        auth.call("GET", "/revocations")


def test_a_service_that_is_away_is_unavailable(auth: InternalClient, server: TinyServer) -> None:
    server.close()
    with pytest.raises(ServiceUnavailableError):
        auth.call("GET", "/revocations")


def test_a_service_that_says_nothing_is_unavailable(
    auth: InternalClient, server: TinyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.internal.ANSWER_SECONDS", 0.05)
    server.headers["Content-Length"] = "1"
    with pytest.raises(ServiceUnavailableError):
        auth.call("GET", "/revocations")


def test_the_credential_is_not_told_to_a_proxy(
    auth: InternalClient, server: TinyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.says({})
    assert auth.call("GET", "/revocations") == {}


def test_an_error_does_not_show_the_credential(auth: InternalClient, server: TinyServer) -> None:
    server.status = 500
    with pytest.raises(ServiceUnavailableError) as error:
        auth.call("PUT", "/credentials/1", {"password": "hunter2"})
    assert "sesame" not in str(error.value)
    assert "hunter2" not in str(error.value)


def test_whoever_carries_the_credential_is_let_in(guarded: Flask) -> None:
    answer = guarded.test_client().get("/internal/secrets", headers={CREDENTIAL_HEADER: "open sesame"}, base_url=INSIDE)
    assert answer.text == "secrets"


@pytest.mark.parametrize("credential", [None, "", "open", "open sesame ", "OPEN SESAME", "öpen sesame", "x" * 5000])
@pytest.mark.parametrize("path", ["/internal/secrets", "/%69nternal/secrets", "/internal/", "/internal/nothing"])
def test_nobody_else_learns_that_anything_is_there(guarded: Flask, path: str, credential: str | None) -> None:
    headers = {} if credential is None else {CREDENTIAL_HEADER: credential}
    answer = guarded.test_client().get(path, headers=headers, base_url=INSIDE)
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_what_is_not_internal_needs_no_credential(guarded: Flask) -> None:
    assert guarded.test_client().get("/public").text == "public"


@pytest.mark.parametrize("url", ["http://auth:8000", "http://auth", "https://auth"])
def test_the_port_for_clients_knows_nothing_internal(guarded: Flask, url: str) -> None:
    headers = {CREDENTIAL_HEADER: "open sesame"}
    assert guarded.test_client().get("/internal/secrets", headers=headers, base_url=url).status_code == 404
    assert guarded.test_client().get("/public", base_url=url).text == "public"


def test_a_call_says_until_when_an_answer_is_waited_for(auth: InternalClient, server: TinyServer) -> None:
    server.says({})
    began = time.time()
    auth.call("GET", "/revocations")
    assert began < float(server.got[0]["x-deadline"]) < time.time() + ANSWER_SECONDS


@pytest.mark.parametrize("deadline", ["0", "1.5", "nan", "yesterday", str(time.time() - 1)])
def test_nothing_is_done_for_whoever_has_given_up(guarded: Flask, deadline: str) -> None:
    with guarded.test_request_context(headers={DEADLINE_HEADER: deadline}), pytest.raises(TooLateError):
        refuse_late()


@pytest.mark.parametrize("headers", [{}, {DEADLINE_HEADER: str(time.time() + 3600)}], ids=["no deadline", "in time"])
def test_what_is_waited_for_is_done(guarded: Flask, headers: dict[str, str]) -> None:
    with guarded.test_request_context(headers=headers):
        refuse_late()
