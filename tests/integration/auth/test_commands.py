"""What changes in auth, on a real database."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from auth.commands import (
    UnknownCredentialsError,
    change_credentials,
    open_session,
    revoke_session,
    set_credentials,
)
from auth.models import Credential
from auth.queries import credential_of, is_revoked, revocations
from chassis.database import create_sessions
from chassis.outbox import OUTBOX
from tests.people import eventually

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


def credential(sessions: Sessions, nickname: str) -> Credential:
    with sessions() as session:
        found = credential_of(session, nickname)
    assert found is not None
    return found


def log_in(sessions: Sessions, nickname: str, *, lifetime: timedelta = HOUR) -> UUID:
    known = credential(sessions, nickname)
    with sessions.begin() as session:
        return open_session(session, known, now=NOON, lifetime=lifetime)


def change(sessions: Sessions, user_id: int, *, nickname: str | None = None, password_hash: str | None = None) -> None:
    with sessions.begin() as session:
        change_credentials(session, user_id=user_id, nickname=nickname, password_hash=password_hash, now=NOON)


def revoked(sessions: Sessions) -> set[str]:
    with sessions() as session:
        rows = session.execute(select(OUTBOX.c.type, OUTBOX.c.data)).all()
    assert {row.type for row in rows} <= {"session.revoked.v1"}
    return {json.loads(row.data)["session_id"] for row in rows}


def test_a_nickname_is_found_in_any_case_and_composition(sessions: Sessions) -> None:
    give(sessions, 1, "Andr\u00e9")
    assert owner(sessions, "ANDRE\u0301") == 1
    assert owner(sessions, "andre") is None
    assert owner(sessions, "\0") is None


def test_a_nickname_left_by_an_unfinished_registration_goes_to_the_next(sessions: Sessions) -> None:
    give(sessions, 1, "ann")
    give(sessions, 2, "Ann")
    assert owner(sessions, "ann") == 2


def test_whoever_a_nickname_was_taken_from_keeps_their_password(sessions: Sessions) -> None:
    give(sessions, 1, "ann")
    give(sessions, 2, "Ann")
    change(sessions, 1, nickname="annie")
    assert (owner(sessions, "ann"), owner(sessions, "annie")) == (2, 1)
    assert credential(sessions, "annie").password_hash == "x"


def test_a_new_nickname_leaves_password_and_sessions_alone(sessions: Sessions) -> None:
    give(sessions, 1, "ann")
    log_in(sessions, "ann")
    change(sessions, 1, nickname="Annie")
    assert (owner(sessions, "ann"), owner(sessions, "annie")) == (None, 1)
    assert credential(sessions, "annie").password_hash == "x"
    assert revoked(sessions) == set()


def test_a_new_password_ends_every_session_of_its_owner_and_no_other(sessions: Sessions) -> None:
    give(sessions, 1, "ann")
    give(sessions, 2, "bob")
    ended = {str(log_in(sessions, "ann")) for _ in range(3)}
    going_on = log_in(sessions, "bob")
    log_in(sessions, "ann", lifetime=-HOUR)
    change(sessions, 1, password_hash="y")
    assert credential(sessions, "ann").password_hash == "y"
    assert revoked(sessions) == ended
    with sessions() as session:
        assert not is_revoked(session, str(going_on))


def test_whoever_logs_in_with_a_password_that_is_being_replaced_is_refused(sessions: Sessions) -> None:
    give(sessions, 1, "ann")
    looked_at = credential(sessions, "ann")
    change(sessions, 1, password_hash="y")
    with pytest.raises(UnknownCredentialsError), sessions.begin() as session:
        open_session(session, looked_at, now=NOON, lifetime=HOUR)


def test_a_login_that_comes_just_before_a_new_password_is_ended_by_it(sessions: Sessions) -> None:
    give(sessions, 1, "ann")
    looked_at = credential(sessions, "ann")
    with ThreadPoolExecutor(1) as pool:
        with sessions.begin() as session:
            session_id = open_session(session, looked_at, now=NOON, lifetime=HOUR)
            session.flush()
            changing = pool.submit(change, sessions, 1, password_hash="y")
            assert eventually(lambda: is_somebody_waiting(sessions))
        changing.result()
    assert revoked(sessions) == {str(session_id)}


def is_somebody_waiting(sessions: Sessions) -> bool:
    with sessions() as session:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(session.scalars(text(waiting)).one())


def test_nobody_changes_credentials_that_are_not_there(sessions: Sessions) -> None:
    with pytest.raises(UnknownCredentialsError):
        change(sessions, 1, nickname="ann")


def test_setting_credentials_again_replaces_them(sessions: Sessions) -> None:
    give(sessions, 1, "ann")
    give(sessions, 1, "annie")
    assert (owner(sessions, "ann"), owner(sessions, "annie")) == (None, 1)


def test_a_revoked_session_is_told_once_and_read_back_until_its_tokens_expire(sessions: Sessions) -> None:
    give(sessions, 1, "ann")
    ended, going_on = log_in(sessions, "ann"), log_in(sessions, "ann")
    for _ in range(2):
        with sessions.begin() as session:
            revoke_session(session, ended, now=NOON)
    with sessions() as session:
        assert is_revoked(session, str(ended))
        assert not is_revoked(session, str(going_on))
        assert [each["session_id"] for each in revocations(session, NOON)] == [str(ended)]
        assert revocations(session, NOON + HOUR + timedelta(minutes=1)) == []
        assert session.scalar(select(func.count()).select_from(OUTBOX)) == 1
