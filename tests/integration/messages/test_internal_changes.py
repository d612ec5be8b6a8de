"""Push reads both lists at once, from where a client or it itself has been."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import text, update
from sqlalchemy.orm import Session, sessionmaker

from chassis.callers import Callers
from chassis.internal import CREDENTIAL_HEADER
from chassis.tokens import Principal
from messages.api.internal import MAX_BYTES
from messages.bootstrap import create_app, offer_to_services
from messages.commands.messages import Draft, post_message
from messages.commands.users import register_user
from messages.databases import on_engines
from messages.models import Feed, User
from tests.integration.messages.auths import RecordingCredentials
from tests.integration.messages.chats import NOON
from tests.integration.messages.readers import post_many
from tests.integration.messages.renderers import NO_RENDERER

Sessions = sessionmaker[Session]
Json = dict[str, Any]
Ask = Callable[..., Any]

PORT = 8001
CREDENTIAL = SecretStr("open sesame")
AS_PUSH = {CREDENTIAL_HEADER: CREDENTIAL.get_secret_value()}


def verify(token: str) -> Principal:
    return Principal(user_id=int(token), session_id="s-1", expires_at=2_000_000_000, key_id="k-1")


@pytest.fixture
def client(sessions: Sessions, statements: Sessions) -> FlaskClient:
    databases = on_engines(sessions.kw["bind"], statements.kw["bind"])
    app = create_app(
        databases,
        callers=Callers(verify),
        credentials=RecordingCredentials(),
        renderer=NO_RENDERER,
        task_secret=b"s",
    )
    offer_to_services(app, databases, CREDENTIAL, port=PORT, clock=lambda: NOON)
    return app.test_client()


@pytest.fixture
def ask(client: FlaskClient) -> Ask:
    """Asks as push does."""

    def changes(**parameters: str | int) -> Any:
        url = f"http://messages:{PORT}/internal/changes"
        return client.get(url, query_string=parameters, headers=AS_PUSH).json

    return changes


def pages(ask: Ask, cursor: str, *, limit: int) -> Iterator[Json]:
    for _ in range(1000):
        page: Json = ask(cursor=cursor, limit=limit)
        yield page
        cursor = page["cursor"]
        if not page["more"]:
            return
    raise AssertionError("the feed does not end")


def ids(rows: list[Json]) -> list[int]:
    return [row["id"] for row in rows]


def register(sessions: Sessions, *, now: datetime = NOON) -> int:
    with sessions.begin() as session:
        auth = RecordingCredentials()
        return register_user(session, nickname=uuid4().hex[:32], password="x" * 8, credentials=auth, now=now).id


def test_without_a_cursor_it_begins_as_the_lists_do(sessions: Sessions, ann: int, ask: Ask) -> None:
    register(sessions, now=NOON - timedelta(days=2))
    posted = post_many(sessions, ann, 2)
    page = ask()
    assert (ids(page["messages"]), ids(page["users"]), page["more"]) == (posted, [ann], False)


def test_with_one_it_tells_what_changed_since_and_nothing_else(sessions: Sessions, ann: int, ask: Ask) -> None:
    post_many(sessions, ann, 2)
    cursor = ask()["cursor"]
    assert {key: value for key, value in ask(cursor=cursor).items() if key != "cursor"} == {
        "messages": [],
        "users": [],
        "more": False,
    }
    posted, bob = post_many(sessions, ann, 1), register(sessions)
    page = ask(cursor=cursor)
    assert (ids(page["messages"]), ids(page["users"])) == (posted, [bob])
    assert page["messages"][0]["status"] == "posted"
    assert page["users"][0]["version"] == 1


def test_whoever_goes_on_while_there_is_more_has_read_both_lists(sessions: Sessions, ann: int, ask: Ask) -> None:
    cursor = ask()["cursor"]
    people = [register(sessions) for _ in range(5)]
    posted = post_many(sessions, ann, 12)
    read = list(pages(ask, cursor, limit=3))
    assert max(len(page["messages"]) for page in read) == 3
    assert sorted({each for page in read for each in ids(page["messages"])}) == posted
    assert sorted({each for page in read for each in ids(page["users"])}) == people
    assert [page["more"] for page in read] == [True] * (len(read) - 1) + [False]


def test_who_begins_reads_on_into_what_came_meanwhile(sessions: Sessions, ann: int, ask: Ask) -> None:
    posted = post_many(sessions, ann, 5)
    first = ask(limit=2)
    posted += post_many(sessions, ann, 2)
    read = [first, *pages(ask, first["cursor"], limit=2)]
    assert {each for page in read for each in ids(page["messages"])} == set(posted)


def test_a_cursor_of_a_list_is_good_here_and_the_other_way_round(
    sessions: Sessions, ann: int, ask: Ask, client: FlaskClient
) -> None:
    cursor = client.get("/api/v1/messages").json["cursor"]  # type: ignore[index]
    posted, bob = post_many(sessions, ann, 1), register(sessions)
    page = ask(cursor=cursor)
    assert (ids(page["messages"]), ids(page["users"])) == (posted, [bob])
    for path in ("messages", "users"):
        answer: Any = client.get(f"/api/v1/{path}?cursor={page['cursor']}").json
        assert answer[path] == []


def test_what_a_slow_writer_did_is_read_once_it_has_ended(sessions: Sessions, ann: int, ask: Ask) -> None:
    cursor = ask()["cursor"]
    with sessions.begin() as slow:
        slow.execute(update(User).where(User.id == ann).values(online=True))
        posted = post_many(sessions, ann, 3)
        [*_, last] = pages(ask, cursor, limit=2)
    page = ask(cursor=last["cursor"])
    assert ids(page["users"]) == [ann]
    assert set(ids(page["messages"])) <= set(posted)


def test_a_page_of_large_messages_is_shorter(sessions: Sessions, ann: int, ask: Ask) -> None:
    cursor = ask()["cursor"]
    with sessions.begin() as session:
        drafts = [Draft(author_id=ann, source="x" * 8000, now=NOON, task_id=uuid4()) for _ in range(40)]
        posted = [post_message(session, draft).id for draft in drafts]
        session.execute(text("UPDATE messages SET html = repeat('y', 100000)"))
    read = list(pages(ask, cursor, limit=40))
    assert [each for page in read for each in ids(page["messages"])] == posted
    assert max(sum(len(message["html"]) for message in page["messages"]) for page in read) <= MAX_BYTES


def test_a_message_that_is_larger_than_a_page_comes_alone(sessions: Sessions, ann: int, ask: Ask) -> None:
    cursor = ask()["cursor"]
    posted = post_many(sessions, ann, 3)
    with sessions.begin() as session:
        session.execute(text(f"UPDATE messages SET html = repeat('y', {MAX_BYTES})"))
    assert [ids(page["messages"]) for page in pages(ask, cursor, limit=500)][:3] == [[each] for each in posted]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [({"cursor": "2.e30"}, "cursor"), ({"limit": 0}, "limit"), ({"limit": 501}, "limit"), ({"limit": "x"}, "limit")],
)
def test_what_makes_no_sense_is_refused(ask: Ask, parameters: Json, field: str) -> None:
    problem = ask(**parameters)
    assert (problem["status"], problem["type"]) == (400, "/problems/invalid-fields")
    assert [each["field"] for each in problem["errors"]] == [field]


def test_a_cursor_from_before_a_restore_has_expired(sessions: Sessions, ask: Ask) -> None:
    cursor = ask()["cursor"]
    with sessions.begin() as session:
        session.execute(update(Feed).values(epoch="another"))
    assert ask(cursor=cursor)["type"] == "/problems/cursor-expired"


@pytest.mark.parametrize(
    ("port", "headers"), [(8000, AS_PUSH), (PORT, {}), (PORT, {CREDENTIAL_HEADER: "open"})], ids=str
)
def test_nobody_else_learns_that_anything_is_there(client: FlaskClient, port: int, headers: dict[str, str]) -> None:
    assert client.get(f"http://messages:{port}/internal/changes", headers=headers).status_code == 404
