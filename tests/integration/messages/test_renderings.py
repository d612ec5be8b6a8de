"""What a message would become is asked of the renderer, and nothing is written but that somebody asked."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from chassis.callers import Callers
from chassis.internal import InternalClient
from chassis.outbox import OUTBOX
from chassis.tokens import Principal
from messages.bootstrap import create_app
from messages.commands.limits import Limit
from messages.databases import on_engines
from messages.models import Message
from renderer.domain import Rendering
from renderer.domain import render as as_renderer_does
from renderer.sandbox import SandboxBrokenError
from tests.integration.messages.auths import RecordingCredentials
from tests.integration.messages.renderers import NO_RENDERER, renderer_that

Sessions = sessionmaker[Session]
Render = Callable[[str], Rendering]

SOURCES = ["**hello** www.example.org", "<script>alert(1)</script>", "x" * 8000, "\U0001f600" * 8000, "\u2028", " "]


def verify(token: str) -> Principal:
    return Principal(user_id=int(token), session_id="s-1", expires_at=2_000_000_000, key_id="k-1")


@pytest.fixture
def client(sessions: Sessions, statements: Sessions) -> Callable[..., FlaskClient]:
    """Makes clients of an API with this renderer."""

    def create(renderer: InternalClient, limit: Limit | None = None) -> FlaskClient:
        app = create_app(
            on_engines(sessions.kw["bind"], statements.kw["bind"]),
            callers=Callers(verify),
            credentials=RecordingCredentials(),
            renderer=renderer,
            task_secret=b"s",
            limit=limit,
        )
        return app.test_client()

    return create


@pytest.fixture
def renderer() -> Iterator[Callable[[Render], InternalClient]]:
    """Makes renderers that use a function."""
    with ExitStack() as running:
        yield lambda render: running.enter_context(renderer_that(render))


def ask(client: FlaskClient, user_id: int, source: str) -> TestResponse:
    return client.post("/api/v1/renderings", json={"source": source}, headers={"Authorization": f"Bearer {user_id}"})


def is_unavailable(answer: TestResponse) -> bool:
    assert answer.headers["Retry-After"]
    return (answer.status_code, (answer.json or {})["type"]) == (503, "/problems/unavailable")


@pytest.mark.parametrize("source", SOURCES, ids=range(len(SOURCES)))
def test_it_is_what_the_renderer_makes_of_it(
    client: Callable[..., FlaskClient], renderer: Callable[[Render], InternalClient], ann: int, source: str
) -> None:
    answer = ask(client(renderer(as_renderer_does)), ann, source)
    assert (answer.status_code, answer.json) == (200, {"html": as_renderer_does(source).html})


def test_nobody_is_told_and_nothing_is_kept(
    client: Callable[..., FlaskClient], renderer: Callable[[Render], InternalClient], sessions: Sessions, ann: int
) -> None:
    with sessions() as session:
        told_before = session.scalar(select(func.count()).select_from(OUTBOX))
    assert ask(client(renderer(as_renderer_does)), ann, "a secret").status_code == 200
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(OUTBOX)) == told_before
        assert session.scalar(select(func.count()).select_from(Message)) == 0


def test_it_counts_as_something_written(
    client: Callable[..., FlaskClient], renderer: Callable[[Render], InternalClient], ann: int
) -> None:
    limited = client(renderer(as_renderer_does), Limit(per_minute=1, burst=2))
    headers = {"Authorization": f"Bearer {ann}"}
    assert ask(limited, ann, "hi").status_code == 200
    assert limited.post("/api/v1/messages", json={"source": "hi"}, headers=headers).status_code == 202
    refused = ask(limited, ann, "hi")
    assert (refused.status_code, (refused.json or {})["type"]) == (429, "/problems/too-many-requests")
    assert refused.headers["Retry-After"]


def test_a_renderer_that_is_away_may_be_asked_again(client: Callable[..., FlaskClient], ann: int) -> None:
    assert is_unavailable(ask(client(NO_RENDERER), ann, "hi"))


def test_so_may_one_whose_processes_are_broken(
    client: Callable[..., FlaskClient], renderer: Callable[[Render], InternalClient], ann: int
) -> None:
    def broken(_source: str) -> Rendering:
        raise SandboxBrokenError

    assert is_unavailable(ask(client(renderer(broken)), ann, "hi"))
