"""The API of the messages service, its database and the renderer away: what it refuses, it refuses by itself."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.test import TestResponse

from chassis.callers import Callers
from chassis.database import connect
from chassis.internal import InternalClient
from chassis.tokens import Principal, TokenRejectedError
from messages.bootstrap import create_app
from messages.databases import on_engines

Problem = Callable[[TestResponse], tuple[int, str]]


def verify(token: str) -> Principal:
    if token != "ANN":
        raise TokenRejectedError
    return Principal(user_id=1, session_id="s-1", expires_at=2_000_000_000, key_id="k-1")


class NoAuth:
    """Not to be asked."""

    def create(self, user_id: int, *, nickname: str, password: str) -> None:
        """Fail."""
        del user_id, nickname, password
        pytest.fail("auth was asked")

    def change(self, user_id: int, *, nickname: str | None, password: str | None) -> None:
        """Fail."""
        del user_id, nickname, password
        pytest.fail("auth was asked")

    def are_those_of(self, user_id: int, *, password: str) -> bool:
        """Fail."""
        del user_id, password
        pytest.fail("auth was asked")


def create_client(*, anonymous_read: bool) -> FlaskClient:
    engine = connect(SecretStr("postgresql://nobody@127.0.0.1:1/messages"), name="test")
    app = create_app(
        on_engines(engine, engine),
        callers=Callers(verify, anonymous_read=anonymous_read),
        credentials=NoAuth(),
        renderer=InternalClient("http://127.0.0.1:1", SecretStr("none")),
        task_secret=b"s",
    )
    return app.test_client()


@pytest.fixture(scope="session")
def client() -> FlaskClient:
    return create_client(anonymous_read=True)


@pytest.fixture(scope="session")
def closed_client() -> FlaskClient:
    """Where nobody reads anonymously."""
    return create_client(anonymous_read=False)


@pytest.fixture(scope="session")
def ann() -> dict[str, str]:
    """The headers of somebody who is logged in."""
    return {"Authorization": "Bearer ANN"}


@pytest.fixture(scope="session")
def problem() -> Problem:
    """Tells the status and the kind of a problem."""

    def tell(answer: TestResponse) -> tuple[int, str]:
        assert answer.content_type == "application/problem+json"
        assert answer.json is not None
        return answer.status_code, str(answer.json["type"]).removeprefix("/problems/")

    return tell
