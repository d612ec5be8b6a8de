"""Reads go to the replica while it is fit, and to the primary otherwise; SQLite stands for both here."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from chassis.database import create_sessions
from chassis.reading import Reading
from chassis.replica import FIT_SECONDS, REST_SECONDS, Replica
from tests.unit.chassis.conftest import Watch


class Server:
    """A server that says who it is, if it says anything.

    Attributes:
        position: How far its log goes.
    """

    def __init__(self, name: str, *, is_standby: bool) -> None:
        self.position = 100
        self.is_standby = is_standby
        self.is_away = False
        self.engine = create_engine("sqlite://", poolclass=StaticPool)
        functions: dict[str, Callable[[], Any]] = {
            "server_name": lambda: name,
            "pg_is_in_recovery": lambda: self.is_standby,
            "pg_last_wal_replay_lsn": lambda: self.position,
            "pg_current_wal_flush_lsn": lambda: self.position,
        }

        @event.listens_for(self.engine, "connect")
        def prepare(connection: Any, _record: object) -> None:
            for function, answer in functions.items():
                connection.create_function(function, 0, lambda answer=answer: self.answer(answer))

    def answer(self, answer: Callable[[], Any]) -> Any:
        if self.is_away:
            raise ConnectionError
        return answer()


@pytest.fixture
def primary() -> Server:
    return Server("primary", is_standby=False)


@pytest.fixture
def standby() -> Server:
    return Server("standby", is_standby=True)


@pytest.fixture
def replica(primary: Server, standby: Server, watch: Watch) -> Replica:
    return Replica(standby.engine, watched=standby.engine, primary=primary.engine, monotonic=watch)


@pytest.fixture
def reading(primary: Server, replica: Replica) -> Reading:
    """Reads from a replica that two checks have found fit."""
    replica.check()
    replica.check()
    return Reading(create_sessions(primary.engine), replica)


def place(session: Session) -> str:
    return str(session.scalar(text("SELECT server_name()")))


def test_without_a_replica_all_is_read_from_the_primary(primary: Server) -> None:
    assert Reading(create_sessions(primary.engine)).run(place) == "primary"


def test_a_replica_that_keeps_up_is_read_from(reading: Reading) -> None:
    assert reading.run(place) == "standby"


def test_nothing_is_known_after_one_check(replica: Replica) -> None:
    replica.check()
    assert not replica.is_fit


def test_a_replica_may_be_behind_what_the_primary_has_now(reading: Reading, primary: Server, replica: Replica) -> None:
    primary.position += 1
    replica.check()
    assert reading.run(place) == "standby"


def test_a_replica_that_falls_behind_is_left_until_it_has_caught_up(
    reading: Reading, primary: Server, standby: Server, replica: Replica
) -> None:
    primary.position += 1
    replica.check()
    replica.check()
    assert reading.run(place) == "primary"
    standby.position += 1
    replica.check()
    assert reading.run(place) == "standby"


def test_a_server_of_its_own_is_no_replica(reading: Reading, standby: Server, replica: Replica) -> None:
    standby.is_standby = False
    replica.check()
    assert reading.run(place) == "primary"


def test_what_the_replica_fails_the_primary_answers(reading: Reading, standby: Server) -> None:
    standby.is_away = True
    assert reading.run(place) == "primary"


def test_a_replica_that_failed_is_left_alone_for_some_seconds_however_well_it_looks(
    reading: Reading, standby: Server, replica: Replica, watch: Watch
) -> None:
    standby.is_away = True
    reading.run(place)
    standby.is_away = False
    for _ in range(3):
        replica.check()
        assert reading.run(place) == "primary"
    watch.seconds += REST_SECONDS
    replica.check()
    assert reading.run(place) == "standby"


def test_a_replica_that_nobody_has_heard_of_lately_is_not_read_from(reading: Reading, watch: Watch) -> None:
    watch.seconds += FIT_SECONDS
    assert reading.run(place) == "primary"


@pytest.mark.parametrize("away", ["primary", "standby"])
def test_a_check_that_cannot_be_made_finds_nothing_fit(
    away: str, replica: Replica, request: pytest.FixtureRequest
) -> None:
    replica.check()
    server: Server = request.getfixturevalue(away)
    server.is_away = True
    replica.check()
    assert not replica.is_fit
    server.is_away = False
    replica.check()
    assert not replica.is_fit  # what is known of the primary is too old
    replica.check()
    assert replica.is_fit


def test_nothing_connects_to_a_host_that_is_not_there(primary: Server, watch: Watch) -> None:
    asked: list[object] = []
    nowhere = create_engine(make_url("postgresql+psycopg2://ann@nowhere.invalid/messages"))
    event.listen(nowhere, "do_connect", lambda *arguments: asked.append(arguments))
    replica = Replica(nowhere, watched=nowhere, primary=primary.engine, monotonic=watch)
    replica.check()
    assert not replica.is_fit
    assert asked == []


def test_a_host_is_looked_up_before_libpq_could(primary: Server, watch: Watch) -> None:
    asked: dict[str, object] = {}
    named = create_engine(make_url("postgresql+psycopg2://ann@localhost:5433/messages"))

    def refuse(_dialect: object, _record: object, _arguments: object, parameters: dict[str, object]) -> None:
        asked.update(parameters)
        raise ConnectionRefusedError

    replica = Replica(named, watched=named, primary=primary.engine, monotonic=watch)
    event.listen(named, "do_connect", refuse)
    replica.check()
    assert asked["host"] == "localhost"
    assert asked["hostaddr"] in {"127.0.0.1", "::1"}


def test_an_error_that_is_no_database_s_is_the_callers(reading: Reading) -> None:
    read_from = []

    def read(session: Session) -> None:
        read_from.append(place(session))
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        reading.run(read)
    assert read_from == ["standby"]
