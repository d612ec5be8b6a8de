"""Whatever becomes of the replica, every read is answered."""

import threading
from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from chassis.database import DRIVER, connect
from chassis.reading import Reading, create_reading
from tests.outages.standby import Standby, standby_of
from tests.people import eventually
from tools.native import Stack

READS = 50


def administering(url: str) -> Engine:
    return create_engine(make_url(url).set(drivername=DRIVER), isolation_level="AUTOCOMMIT")


@pytest.fixture(scope="module")
def standby(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standby]:
    with standby_of(stack, tmp_path_factory.mktemp("standby") / "standby") as running:
        yield running


@pytest.fixture(scope="module")
def reading(stack: Stack, standby: Standby) -> Iterator[Reading]:
    primary_url = SecretStr(stack.database_url("messages"))
    primary = connect(primary_url, name="test", pool_size=2)
    replica_url, stopping = SecretStr(standby.database_url("messages")), threading.Event()
    yield create_reading(primary, primary_url, replica_url, name="test", pool_size=2, stopping=stopping)
    stopping.set()


@pytest.fixture
def on_primary(stack: Stack) -> Iterator[Callable[[str], object]]:
    """Runs a statement on the primary."""
    engine = administering(stack.database_url("messages"))
    with engine.connect() as connection:
        yield lambda statement: connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def on_standby(standby: Standby) -> Iterator[Callable[[str], object]]:
    """Asks the standby as its superuser."""
    engine = administering(standby.database_url("postgres"))
    with engine.connect() as connection:
        yield lambda statement: connection.scalar(text(statement))
    engine.dispose()


def is_standby(session: Session) -> bool:
    return bool(session.scalar(text("SELECT pg_is_in_recovery()")))


def test_reads_go_to_the_standby_of_a_primary_that_is_at_rest(reading: Reading) -> None:
    assert eventually(lambda: reading.run(is_standby))


def test_every_read_is_answered_while_the_standby_is_killed_and_it_is_found_again(
    reading: Reading, standby: Standby
) -> None:
    assert eventually(lambda: reading.run(is_standby))
    standby.kill()
    assert not any(reading.run(is_standby) for _ in range(READS))
    standby.start()
    standby.wait_ready()
    assert eventually(lambda: reading.run(is_standby))


def test_a_standby_that_falls_behind_is_left_until_it_has_caught_up(
    reading: Reading, on_primary: Callable[[str], object], on_standby: Callable[[str], object]
) -> None:
    assert eventually(lambda: reading.run(is_standby))
    on_standby("SELECT pg_wal_replay_pause()")
    on_primary("CREATE TABLE late (id int)")
    assert eventually(lambda: not reading.run(is_standby))
    on_standby("SELECT pg_wal_replay_resume()")
    assert eventually(lambda: reading.run(is_standby))
    on_primary("DROP TABLE late")


def has_replayed_it(session: Session) -> bool:
    return is_standby(session) and session.scalar(text("SELECT to_regclass('vacuumed')")) is not None


def test_a_read_that_stands_in_the_way_of_replaying_is_repeated_on_the_primary(
    reading: Reading, on_primary: Callable[[str], object], on_standby: Callable[[str], object]
) -> None:
    on_primary("CREATE TABLE vacuumed AS SELECT generate_series(1, 100) AS id")
    places: list[bool] = []

    def read(session: Session) -> bool:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        session.execute(text("SELECT count(*) FROM vacuumed"))
        places.append(is_standby(session))
        if places[-1]:
            on_primary("DELETE FROM vacuumed")
            on_primary("VACUUM vacuumed")
            conflicts = "SELECT sum(confl_snapshot + confl_lock) > 0 FROM pg_stat_database_conflicts"
            assert eventually(lambda: bool(on_standby(conflicts)))
        return is_standby(session)

    assert eventually(lambda: reading.run(has_replayed_it))
    assert reading.run(read) is False
    assert places == [True, False]
    on_primary("DROP TABLE vacuumed")
