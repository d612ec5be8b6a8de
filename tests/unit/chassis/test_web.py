"""What every application does for every request: ids, limits, counts, a line in the log."""

from collections.abc import Callable, MutableMapping
from typing import Any

import pytest
from flask import Flask
from prometheus_client import REGISTRY

from chassis.logs import correlation_id
from chassis.web import MAX_ID, base_app

Logged = list[MutableMapping[str, Any]]


@pytest.fixture
def app(app_with: Callable[..., Flask]) -> Flask:
    app = app_with(lambda: {"correlation_id": correlation_id()})
    app.add_url_rule("/things/<id:thing_id>", endpoint="thing", view_func=lambda thing_id: {"id": thing_id})
    return app


def correlation_of(app: Flask, given: str) -> str:
    answer = app.test_client().get("/view", headers={"X-Request-ID": given})
    assert answer.json is not None
    return str(answer.json["correlation_id"])


def counted(**labels: str) -> float:
    return REGISTRY.get_sample_value("flack_http_requests_total", labels) or 0.0


@pytest.mark.parametrize("given", ["r-1", "A.b_c-9", "x" * 128])
def test_the_id_that_the_gateway_gave_is_kept(app: Flask, given: str) -> None:
    assert correlation_of(app, given) == given


@pytest.mark.parametrize("given", ["", "a b", "a;b", "x" * 129, "é", '"', "r-1\t"])
def test_any_other_id_is_replaced(app: Flask, given: str) -> None:
    assert correlation_of(app, given) not in {"", given}


def test_one_request_knows_nothing_of_another(app: Flask) -> None:
    correlation_of(app, "r-1")
    assert correlation_of(app, "") != "r-1"


@pytest.mark.parametrize("thing_id", ["1", "0", str(MAX_ID), "0001"])
def test_an_id_is_a_number_that_a_row_can_have(app: Flask, thing_id: str) -> None:
    assert app.test_client().get(f"/things/{thing_id}").json == {"id": int(thing_id)}


@pytest.mark.parametrize(
    "thing_id", [str(MAX_ID + 1), "9" * 19, "9" * 5000, "-1", "+1", "1.0", "one", "%D9%A1", "1%00"]
)
def test_nothing_else_is_a_path(app: Flask, thing_id: str) -> None:
    assert app.test_client().get(f"/things/{thing_id}").status_code == 404


def test_a_path_may_end_with_a_slash(app: Flask) -> None:
    assert app.test_client().get("/view/").status_code == 200


def test_an_answer_is_logged(app: Flask, logged: Logged) -> None:
    app.test_client().get("/view?token=hunter2")
    [entry] = logged
    assert (entry["event"], entry["method"], entry["view"], entry["status"]) == ("answered", "GET", "view", 200)
    assert "hunter2" not in str(entry)


def test_a_fault_of_ours_is_logged_as_an_error(app_with: Callable[..., Flask], logged: Logged) -> None:
    app_with(lambda: 1 / 0).test_client().get("/view")
    assert [(entry["event"], entry["log_level"]) for entry in logged] == [
        ("unexpected_error", "error"),
        ("answered", "error"),
    ]


def test_nobody_wants_to_read_that_the_process_was_asked_for_its_health(app: Flask, logged: Logged) -> None:
    for path in ("/livez", "/readyz", "/metrics"):
        app.test_client().get(path)
    assert logged == []


@pytest.mark.parametrize(
    ("method", "path", "labels"),
    [
        ("GET", "/view", {"method": "GET", "view": "view", "status": "200"}),
        ("DELETE", "/view", {"method": "DELETE", "view": "unknown", "status": "405"}),
        ("GET", "/nowhere/hunter2", {"method": "GET", "view": "unknown", "status": "404"}),
        ("BREW", "/view", {"method": "OTHER", "view": "unknown", "status": "405"}),
    ],
)
def test_an_answer_is_counted(app: Flask, method: str, path: str, labels: dict[str, str]) -> None:
    before = counted(**labels)
    app.test_client().open(path, method=method)
    assert counted(**labels) == before + 1


def test_clients_cannot_make_up_counters(app: Flask) -> None:
    for number in range(3):
        app.test_client().open(f"/nowhere/{number}", method=f"BREW{number}")
    names = {sample.labels.get("method", "") for family in REGISTRY.collect() for sample in family.samples}
    assert not any(name.startswith("BREW") for name in names)


def test_two_applications_do_not_share_their_health() -> None:
    ready = base_app("ready", checks={}, problems={})
    failing = base_app("failing", checks={"broker": lambda: False}, problems={})
    assert ready.test_client().get("/readyz").status_code == 200
    assert failing.test_client().get("/readyz").status_code == 503
