"""What changes in auth, on a real database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from auth.commands import open_session, revoke_session, set_credentials
from auth.queries import credential_of, is_revoked, revocations
from chassis.database import create_sessions
from chassis.outbox import OUTBOX

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

Sessions = sessionmaker[Session]


@pytest.fixture
def sessions(database_of: Callable[[str], Engine]) -> Sessions:
    return create_sessions(database_of("auth"))


def owner(sessions: Sessions, nickname: str) -> int | None:
    with sessions() as session:
        credential = credential_of(session, nickname)
        return credential.user_id if credential else None


def give(sessions: Sessions, user_id: int, nickname: str) -> None:
    with sessions.begin() as session:
        set_credentials(session, user_id=user_id, nickname=nickname, password_hash="x")


def test_a_nickname_is_found_in_any_case_and_composition(sessions: Sessions) -> None:
    give(sessions, 1, "Andr\u00e9")
    assert owner(sessions, "ANDRE\u0301") == 1
    assert owner(sessions, "andre") is None
    assert owner(sessions, "\0") is None


def test_a_nickname_left_by_an_unfinished_registration_goes_to_the_next(sessions: Sessions) -> None:
    give(sessions, 1, "ann")
    give(sessions, 2, "Ann")
    assert owner(sessions, "ann") == 2


def test_setting_credentials_again_replaces_them(sessions: Sessions) -> None:
    give(sessions, 1, "ann")
    give(sessions, 1, "annie")
    assert (owner(sessions, "ann"), owner(sessions, "annie")) == (None, 1)


def test_a_revoked_session_is_told_once_and_read_back_until_its_tokens_expire(sessions: Sessions) -> None:
    with sessions.begin() as session:
        ended, going_on = (open_session(session, user_id=1, now=NOON, lifetime=HOUR) for _ in range(2))
    for _ in range(2):
        with sessions.begin() as session:
            revoke_session(session, ended, now=NOON)
    with sessions() as session:
        assert is_revoked(session, str(ended))
        assert not is_revoked(session, str(going_on))
        assert [each["session_id"] for each in revocations(session, NOON)] == [str(ended)]
        assert revocations(session, NOON + HOUR + timedelta(minutes=1)) == []
        assert session.scalar(select(func.count()).select_from(OUTBOX)) == 1
