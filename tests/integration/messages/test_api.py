"""The API on a real database, where no other part is needed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from chassis.callers import Callers
from chassis.clock import utc_now
from chassis.database import connect
from chassis.tokens import Principal
from messages.bootstrap import create_app
from messages.commands.limits import Limit
from messages.commands.posts import post_from_socket
from messages.databases import on_engines
from messages.models import Feed, Message
from tests.integration.messages.auths import RecordingCredentials
from tests.integration.messages.chats import draft, render, rendered
from tests.integration.messages.readers import post_in_bulk
from tests.integration.messages.renderers import NO_RENDERER
from tests.people import eventually

Sessions = sessionmaker[Session]


def verify(token: str) -> Principal:
    return Principal(user_id=int(token), session_id="s-1", expires_at=2_000_000_000, key_id="k-1")


@pytest.fixture
def client(sessions: Sessions, statements: Sessions) -> Callable[..., FlaskClient]:
    """Makes clients of an API with a limit, or without."""

    def create(limit: Limit | None = None) -> FlaskClient:
        app = create_app(
            on_engines(sessions.kw["bind"], statements.kw["bind"]),
            callers=Callers(verify),
            credentials=RecordingCredentials(),
            renderer=NO_RENDERER,
            task_secret=b"s",
            limit=limit,
        )
        return app.test_client()

    return create


def post(client: FlaskClient, user_id: int, source: str = "hi") -> TestResponse:
    return client.post("/api/v1/messages", json={"source": source}, headers={"Authorization": f"Bearer {user_id}"})


def test_who_writes_too_much_is_told_when_to_go_on(client: Callable[..., FlaskClient], ann: int) -> None:
    replicas = [client(Limit(per_minute=2, burst=3)) for _ in range(2)]
    answers = [post(replicas[number % 2], ann) for number in range(4)]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
    assert answers[-1].content_type == "application/problem+json"
    assert 25 <= int(answers[-1].headers["Retry-After"]) <= 30


def test_a_limit_counts_every_way_of_writing(client: Callable[..., FlaskClient], ann: int) -> None:
    limited = client(Limit(per_minute=1, burst=3))
    message_id = (post(limited, ann).json or {})["id"]
    path, headers = f"/api/v1/messages/{message_id}", {"Authorization": f"Bearer {ann}"}
    assert limited.put(path, json={"source": "ho"}, headers=headers).status_code == 202
    assert limited.delete(path, headers=headers).status_code == 204
    assert limited.delete(path, headers=headers).status_code == 429
    assert limited.get(path, headers=headers).status_code == 410


def test_without_a_limit_nobody_is_stopped(client: Callable[..., FlaskClient], ann: int) -> None:
    free = client()
    assert {post(free, ann).status_code for _ in range(20)} == {202}


@pytest.mark.parametrize("path", ["messages", "users"])
def test_a_cursor_of_another_epoch_is_refused_with_what_to_do(
    client: Callable[..., FlaskClient], sessions: Sessions, ann: int, path: str
) -> None:
    reader = client()
    post(reader, ann)
    old = (reader.get(f"/api/v1/{path}").json or {})["cursor"]
    assert reader.get(f"/api/v1/{path}?cursor={old}").status_code == 200
    with sessions.begin() as session:
        session.execute(update(Feed).values(epoch="another"))
    answer = reader.get(f"/api/v1/{path}?cursor={old}")
    assert (answer.status_code, (answer.json or {})["type"]) == (400, "/problems/cursor-expired")
    assert "begin without" in (answer.json or {})["detail"]
    new = (reader.get(f"/api/v1/{path}").json or {})["cursor"]
    assert reader.get(f"/api/v1/{path}?cursor={new}").status_code == 200


def listed(client: FlaskClient, query: str = "") -> list[str]:
    return [message["source"] for message in (client.get(f"/api/v1/messages{query}").json or {})["messages"]]


@pytest.mark.parametrize("query", ["", "?limit=5", "?before=1000", "?updated_since=1"])
def test_a_list_that_was_kept_shows_every_change(client: Callable[..., FlaskClient], ann: int, query: str) -> None:
    reader, writer = client(), client()
    assert listed(reader, query) == []
    ids = [(post(writer, ann, source).json or {})["id"] for source in ("one", "two")]
    assert sorted(listed(reader, query)) == ["one", "two"]
    headers = {"Authorization": f"Bearer {ann}"}
    writer.put(f"/api/v1/messages/{ids[0]}", json={"source": "uno"}, headers=headers)
    assert sorted(listed(reader, query)) == ["two", "uno"]
    writer.delete(f"/api/v1/messages/{ids[1]}", headers=headers)
    assert sorted(listed(reader, query)) == ["", "uno"]


def test_a_list_that_was_kept_shows_what_an_older_transaction_ends_with_later(
    client: Callable[..., FlaskClient], sessions: Sessions, ann: int
) -> None:
    reader = client()
    with sessions.begin() as slow:
        post_in_bulk(slow, ann, 1)
        post(reader, ann, "fast")
        assert [listed(reader) for _ in range(2)] == [["fast"], ["fast"]]
    assert sorted(listed(reader)) == ["fast", "hello"]


@pytest.mark.parametrize("path", ["messages", "users"])
def test_a_list_whose_cursor_is_of_another_epoch_is_another_list(
    client: Callable[..., FlaskClient], sessions: Sessions, ann: int, path: str
) -> None:
    reader = client()
    post(reader, ann)
    tag = reader.get(f"/api/v1/{path}").headers["ETag"]
    assert reader.get(f"/api/v1/{path}", headers={"If-None-Match": tag}).status_code == 304
    with sessions.begin() as session:
        session.execute(update(Feed).values(epoch="another"))
    assert reader.get(f"/api/v1/{path}", headers={"If-None-Match": tag}).status_code == 200


def test_whoever_waits_holds_no_connection(sessions: Sessions, ann: int) -> None:
    engine = connect(
        SecretStr(sessions.kw["bind"].url.render_as_string(hide_password=False)),
        name="test",
        pool_size=1,
        autocommit=True,
    )
    databases = on_engines(sessions.kw["bind"], engine)
    app = create_app(
        databases,
        callers=Callers(verify),
        credentials=RecordingCredentials(),
        renderer=NO_RENDERER,
        task_secret=b"s",
    )
    headers = {"Authorization": f"Bearer {ann}"}

    def post_and_wait() -> TestResponse:
        return app.test_client().post(
            "/api/v1/messages", json={"source": "hi"}, headers={**headers, "Prefer": "wait=10"}
        )

    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(post_and_wait) for _ in range(3)]
        assert eventually(lambda: set(listed(app.test_client())) == {"hi"} and len(listed(app.test_client())) == 3)
        with sessions() as session:
            ids = list(session.scalars(select(Message.id)))
        render(sessions, *(rendered(message_id, 1) for message_id in ids))
        assert [each.result().status_code for each in waiting] == [201] * 3
    engine.dispose()


def test_a_task_tells_who_posted_too_much_over_a_socket_when_to_go_on(
    client: Callable[..., FlaskClient], sessions: Sessions, ann: int
) -> None:
    limit = Limit(per_minute=2, burst=1)
    first, second = draft(ann, now=utc_now()), draft(ann, now=utc_now())
    with sessions.begin() as session:
        post_from_socket(session, first, limit)
        post_from_socket(session, second, limit)
    answers = [
        client().get(f"/api/v1/tasks/{each.task_id}", headers={"Authorization": f"Bearer {ann}"})
        for each in (first, second)
    ]
    assert [answer.status_code for answer in answers] == [202, 429]
    assert 25 <= int(answers[1].headers["Retry-After"]) <= 30
    assert post(client(limit), ann).status_code == 429
