"""What anybody may read is offered to the gateway's cache, and nothing else to anybody's."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from flask import Flask, jsonify
from flask.testing import FlaskClient

from chassis.caching import tell_caches

AppWith = Callable[..., Flask]


def client_of(app: Flask) -> FlaskClient:
    app.after_request(tell_caches)
    return app.test_client()


@pytest.fixture
def client(app_with: AppWith) -> FlaskClient:
    return client_of(app_with(lambda: jsonify(1)))


def test_the_gateway_may_keep_what_anybody_may_read(client: FlaskClient) -> None:
    assert client.get("/view").headers["Cache-Control"] == "s-maxage=1, stale-while-revalidate=1"


@pytest.mark.parametrize("credentials", ["Bearer abc", "Bearer", "Basic YTpi", "nonsense"])
def test_nobody_may_keep_what_somebody_is_answered(client: FlaskClient, credentials: str) -> None:
    answer = client.get("/view", headers={"Authorization": credentials})
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_what_is_no_reading_is_not_offered(client: FlaskClient) -> None:
    assert "Cache-Control" not in client.post("/view").headers


@pytest.mark.parametrize("status", [HTTPStatus.ACCEPTED, HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND])
def test_other_answers_are_not_offered(app_with: AppWith, status: HTTPStatus) -> None:
    assert "Cache-Control" not in client_of(app_with(lambda: (jsonify(1), status))).get("/view").headers


def test_whoever_knows_better_is_left_alone(app_with: AppWith) -> None:
    def view() -> Any:
        return jsonify(1), {"Cache-Control": "no-store"}

    assert client_of(app_with(view)).get("/view").headers["Cache-Control"] == "no-store"
