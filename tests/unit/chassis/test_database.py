"""Every connection to Postgres has a name and a deadline for everything; none is opened here."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

from chassis.database import connect, create_sessions, is_reachable

URL = SecretStr("postgresql://ann:secret@db.example:5433/messages")


class ConnectionAskedForError(Exception):
    """The engine would connect now."""


@pytest.fixture
def unreachable() -> Iterator[Engine]:
    """A database on a port that is taken by somebody who never listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield connect(SecretStr(f"postgresql://ann@127.0.0.1:{taken.getsockname()[1]}/messages"), name="test")


def asked_for(engine: Engine) -> dict[str, Any]:
    """Return with what *engine* would connect."""
    asked: dict[str, Any] = {}

    @event.listens_for(engine, "do_connect")
    def refuse(_dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> None:
        asked.update(parameters)
        raise ConnectionAskedForError

    with pytest.raises(ConnectionAskedForError):
        engine.connect()
    return asked


def test_operators_recognise_a_connection_by_its_name() -> None:
    assert asked_for(connect(URL, name="relay"))["application_name"] == "relay"


def test_the_database_is_the_one_of_the_url() -> None:
    asked = asked_for(connect(URL, name="test"))
    assert (asked["host"], asked["port"], asked["user"], asked["dbname"]) == ("db.example", 5433, "ann", "messages")


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg2", "postgresql+psycopg", "postgresql+asyncpg"])
def test_the_driver_is_the_one_that_waits_with_gevent(scheme: str) -> None:
    url = SecretStr(f"{scheme}://ann@db.example/messages")
    assert connect(url, name="test").driver == "psycopg2"


@pytest.mark.parametrize(
    "limit",
    [
        "statement_timeout=10s",
        "idle_in_transaction_session_timeout=15s",
        "timezone=UTC",
        "tcp_keepalives_idle=10",
        "tcp_user_timeout=20s",
    ],
)
def test_the_server_is_told_the_limits(limit: str) -> None:
    assert f"-c {limit}" in asked_for(connect(URL, name="test"))["options"]


def test_connecting_has_a_limit_too() -> None:
    assert 0 < asked_for(connect(URL, name="test"))["connect_timeout"] <= 5


def test_a_server_that_vanishes_in_the_middle_of_something_is_given_up() -> None:
    assert asked_for(connect(URL, name="test"))["tcp_user_timeout"] == 20_000


def test_no_more_connections_are_opened_than_the_pool_holds() -> None:
    pool: Any = connect(URL, name="test", pool_size=3).pool
    assert pool.size() == 3
    assert pool._max_overflow == 0  # noqa: SLF001 - SQLAlchemy has no public word for it


def test_the_password_is_not_shown() -> None:
    assert "secret" not in repr(connect(URL, name="test"))


def test_an_error_does_not_tell_what_was_to_be_stored(unreachable: Engine) -> None:
    assert unreachable.hide_parameters
    error = DBAPIError("INSERT", {"password_hash": "hunter2"}, Exception(), hide_parameters=unreachable.hide_parameters)
    assert "hunter2" not in str(error)


def test_a_database_that_is_away_is_not_reachable(unreachable: Engine) -> None:
    assert not is_reachable(unreachable)


@pytest.mark.parametrize("reconnects", [True, False])
def test_a_connection_that_was_lost_at_rest_is_replaced_only_for_who_would_wait(*, reconnects: bool) -> None:
    pool: Any = connect(URL, name="test", reconnects=reconnects).pool
    assert bool(pool.dispatch.checkout) is reconnects


def test_what_was_read_may_be_looked_at_after_the_end_of_its_session() -> None:
    assert not create_sessions(connect(URL, name="test"))().expire_on_commit
