"""What changes, on a real database."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from chassis.internal import ServiceUnavailableError
from chassis.outbox import OUTBOX
from messages.commands.users import register_user
from messages.domain import NicknameTakenError
from tests.integration.messages.auths import RecordingCredentials

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)

Sessions = sessionmaker[Session]


def register(sessions: Sessions, nickname: str = "ann") -> int:
    with sessions.begin() as session:
        user = register_user(
            session, nickname=nickname, password="long enough", credentials=RecordingCredentials(), now=NOON
        )
        return user.id


def events(sessions: Sessions) -> Sequence[str]:
    with sessions() as session:
        return session.scalars(select(OUTBOX.c.type).order_by(OUTBOX.c.position)).all()


def test_a_registration_is_told(sessions: Sessions) -> None:
    register(sessions)
    assert events(sessions) == ["user.updated.v1"]


def test_of_many_who_want_a_nickname_at_once_one_gets_it(sessions: Sessions) -> None:
    def try_to_register(number: int) -> bool:
        try:
            register(sessions, "Ann" if number % 2 else "aNN")
        except NicknameTakenError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_to_register, range(40))) == 1


def test_nothing_remains_of_a_registration_that_auth_did_not_take(sessions: Sessions) -> None:
    refusing = RecordingCredentials(ServiceUnavailableError())
    with pytest.raises(ServiceUnavailableError), sessions.begin() as session:
        register_user(session, nickname="ann", password="long enough", credentials=refusing, now=NOON)
    assert events(sessions) == []
    assert register(sessions)
