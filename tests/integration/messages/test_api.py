"""The API on a real database, where no other part is needed."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from chassis.callers import Callers
from chassis.tokens import Principal
from messages.bootstrap import create_app
from messages.commands.limits import Limit
from messages.databases import on_engines
from messages.models import Feed
from tests.integration.messages.auths import RecordingCredentials
from tests.integration.messages.readers import post_in_bulk

Sessions = sessionmaker[Session]


def verify(token: str) -> Principal:
    return Principal(user_id=int(token), session_id="s-1", expires_at=2_000_000_000)


@pytest.fixture
def client(sessions: Sessions, statements: Sessions) -> Callable[..., FlaskClient]:
    """Makes clients of an API with a limit, or without."""

    def create(limit: Limit | None = None) -> FlaskClient:
        app = create_app(
            on_engines(sessions.kw["bind"], statements.kw["bind"]),
            callers=Callers(verify),
            credentials=RecordingCredentials(),
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
