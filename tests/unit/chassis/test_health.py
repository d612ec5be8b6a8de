"""A process that lives is not always ready; operators are told why."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis.health import Health
from chassis.web import base_app


@pytest.fixture
def parts() -> dict[str, bool]:
    return {"database": True, "broker": True}


@pytest.fixture
def app(parts: dict[str, bool]) -> Flask:
    checks = {"database": lambda: parts["database"], "broker": lambda: parts["broker"]}
    return base_app("test", checks=checks, problems={})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_process_is_ready_when_all_its_parts_are(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ready", "failing": []})


def test_a_part_that_fails_is_named(client: FlaskClient, parts: dict[str, bool]) -> None:
    parts["broker"] = False
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "not ready", "failing": ["broker"]})


def test_it_is_ready_again_once_the_part_is(client: FlaskClient, parts: dict[str, bool]) -> None:
    parts["broker"] = False
    client.get("/readyz")
    parts["broker"] = True
    assert client.get("/readyz").status_code == 200


def test_a_process_that_stops_is_not_ready(app: Flask, client: FlaskClient) -> None:
    health: Health = app.extensions["health"]
    health.is_draining = lambda: True
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "not ready", "failing": ["draining"]})


def test_a_process_lives_whatever_its_parts_do(client: FlaskClient, parts: dict[str, bool]) -> None:
    parts.update(dict.fromkeys(parts, False))
    assert client.get("/livez").json == {"status": "alive"}


def test_a_check_that_breaks_does_not_say_that_all_is_well(client: FlaskClient, parts: dict[str, bool]) -> None:
    parts.clear()
    assert client.get("/readyz").status_code == 500


def test_what_was_counted_can_be_read(client: FlaskClient) -> None:
    client.get("/livez")
    answer = client.get("/metrics")
    assert answer.content_type.startswith("text/plain")
    assert 'flack_http_requests_total{method="GET",status="200",view="health.livez"}' in answer.text
