"""What only other services may ask of the renderer: the very rendering that a message would have."""

import html
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client import REGISTRY
from pydantic import SecretStr
from werkzeug.test import TestResponse

from chassis.internal import CREDENTIAL_HEADER, DEADLINE_HEADER
from renderer.api import AT_ONCE
from renderer.bootstrap import create_app
from renderer.domain import Rendering, render
from renderer.rendering import Renderer
from renderer.sandbox import SandboxBrokenError
from tests.hostile_markup import hostile_sources
from tests.unit.renderer.renders import misrender

PATH = "/internal/renderings"
CREDENTIAL = {CREDENTIAL_HEADER: "open sesame"}
INSIDE = "http://renderer-api:8001"
# Where a test waits for another thread.
PLENTY = 60.0

SOURCES = {
    "marks": "**hello** ~~you~~\nthere",
    "links": "[a](http://a.example/) www.example.org",
    "8000 characters": "\u20ac" * 8_000,
}


def client_of(render: Callable[[str], Rendering]) -> FlaskClient:
    return create_app(render, SecretStr("open sesame"), port=8001).test_client()


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    """The API as it is."""
    renderer = Renderer()
    yield client_of(renderer.render)
    renderer.close()


@pytest.fixture(scope="module")
def misrendering() -> Iterator[FlaskClient]:
    """The API of one that does what sources say."""
    renderer = Renderer(misrender)
    yield client_of(renderer.render)
    renderer.close()


def ask(client: FlaskClient, source: Any, *, base_url: str = INSIDE, **headers: str) -> TestResponse:
    data, told = json.dumps({"source": source}), {**CREDENTIAL, **headers}
    return client.post(PATH, data=data, content_type="application/json", headers=told, base_url=base_url)


def rendered(answer: TestResponse) -> str:
    assert answer.status_code == 200
    assert answer.json is not None
    assert set(answer.json) == {"html"}
    return str(answer.json["html"])


def put_aside() -> float:
    """Return how many sources took too long for the quick lane so far."""
    return REGISTRY.get_sample_value("flack_renderings_total", {"outcome": "slow"}) or 0.0


def is_unavailable(answer: TestResponse) -> bool:
    return (answer.status_code, (answer.json or {})["type"]) == (503, "/problems/unavailable")


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_a_source_becomes_what_a_message_becomes(client: FlaskClient, source: str) -> None:
    assert rendered(ask(client, source)) == render(source).html


def test_what_means_harm_becomes_what_it_becomes_in_a_message(client: FlaskClient) -> None:
    for source in hostile_sources():
        if "\0" in source:  # which no message has
            continue
        assert rendered(ask(client, source)) == render(source).html


def test_what_is_no_message_to_the_renderer_is_none_here(client: FlaskClient) -> None:
    bomb = f"[a]: http://{'x' * 2_000}.example/\n\n" + "[a] " * 1_400
    assert rendered(ask(client, bomb)) == html.escape(bomb)


def test_what_takes_long_is_given_the_time(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("renderer.rendering.SLOW_SECONDS", PLENTY)
    source, put_aside_before = "<a " * 2_600, put_aside()
    assert rendered(ask(client, source)) == render(source).html
    assert put_aside() == put_aside_before + 1


@pytest.mark.parametrize("source", ["spin <b>", "sleep <b>", "die <b>", "fail <b>", "recurse <b>"])
def test_what_cannot_be_rendered_is_its_text(
    misrendering: FlaskClient, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("renderer.rendering.SLOW_SECONDS", 0.5)
    assert rendered(ask(misrendering, source)) == html.escape(source)


@pytest.mark.parametrize("headers", [{}, {CREDENTIAL_HEADER: ""}, {CREDENTIAL_HEADER: "open"}])
def test_nobody_else_learns_that_it_is_there(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post(PATH, json={"source": "x"}, headers=headers, base_url=INSIDE).status_code == 404


def test_nothing_of_it_is_there_where_health_is(client: FlaskClient) -> None:
    outside = "http://renderer-api:8000"
    assert ask(client, "x", base_url=outside).status_code == 404
    assert client.get("/readyz", base_url=outside).status_code == 200


@pytest.mark.parametrize("source", [None, 7, ["x"], "a\0b", "\ud800"])
def test_what_is_no_source_is_refused(client: FlaskClient, source: Any) -> None:
    assert ask(client, source).status_code == 400


def test_a_sandbox_that_is_broken_may_be_tried_again() -> None:
    def broken(_source: str) -> Rendering:
        raise SandboxBrokenError

    assert is_unavailable(ask(client_of(broken), "x"))


def test_nothing_is_rendered_for_whoever_has_given_up(client: FlaskClient) -> None:
    assert is_unavailable(ask(client, "x", **{DEADLINE_HEADER: str(time.time() - 1)}))


def test_who_cannot_begin_soon_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("renderer.api.PATIENCE_SECONDS", 0.05)
    all_are_there, done = Barrier(AT_ONCE + 1), Event()

    def hold(source: str) -> Rendering:
        if not done.is_set():
            all_are_there.wait(PLENTY)
            done.wait(PLENTY)
        return Rendering(html=source, links=())

    busy = client_of(hold)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        held = [pool.submit(ask, busy.application.test_client(), "x") for _ in range(AT_ONCE)]
        all_are_there.wait(PLENTY)
        late = ask(busy, "late")
        done.set()
        assert {rendered(each.result()) for each in held} == {"x"}
    assert is_unavailable(late)
    assert late.headers["Retry-After"]
    assert rendered(ask(busy, "again")) == "again"
