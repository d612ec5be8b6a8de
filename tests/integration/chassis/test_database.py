"""What of a database's errors will pass."""

import pytest
from sqlalchemy import Engine, text

from chassis.database import DATABASE_ERRORS, is_reachable


def test_a_database_that_is_read_only_for_the_moment_is_waited_for(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SET TRANSACTION READ ONLY"))
        with pytest.raises(DATABASE_ERRORS):
            connection.execute(text("DELETE FROM outbox"))


def test_a_client_that_vanishes_does_not_keep_its_locks(engine: Engine) -> None:
    with engine.connect() as connection:
        looks = {name: connection.scalar(text(f"SHOW {name}")) for name in ("tcp_keepalives_idle", "tcp_user_timeout")}
    assert looks == {"tcp_keepalives_idle": "10", "tcp_user_timeout": "20000"}


def test_a_database_that_answers_is_reachable(engine: Engine) -> None:
    assert is_reachable(engine)
