"""Auth's commands on a real database."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from auth.commands.credentials import change_credentials, set_credentials
from auth.commands.sessions import Grant, open_session
from auth.models import Credential
from auth.queries import credential_of
from chassis.database import create_sessions
from chassis.outbox import OUTBOX

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Auth:
    """Does what auth does, each in a transaction of its own."""

    sessions: sessionmaker[Session]

    def give(self, user_id: int, nickname: str, password_hash: str = "x") -> None:
        """Let somebody log in."""
        with self.sessions.begin() as session:
            set_credentials(session, user_id=user_id, nickname=nickname, password_hash=password_hash)

    def credential(self, nickname: str) -> Credential:
        """Return what somebody logs in with."""
        with self.sessions() as session:
            found = credential_of(session, nickname)
        assert found is not None
        return found

    def owner(self, nickname: str) -> int | None:
        """Return who logs in by *nickname*."""
        with self.sessions() as session:
            credential = credential_of(session, nickname)
            return credential.user_id if credential else None

    def log_in(self, nickname: str, *, lifetime: timedelta = HOUR, now: datetime = NOON) -> Grant:
        """Begin a session."""
        known = self.credential(nickname)
        with self.sessions.begin() as session:
            return open_session(session, known, token_lifetime=lifetime, now=now)

    def change(self, user_id: int, *, nickname: str | None = None, password_hash: str | None = None) -> int:
        """Have somebody log in otherwise, and return how many sessions that ended."""
        with self.sessions.begin() as session:
            return change_credentials(
                session, user_id=user_id, nickname=nickname, password_hash=password_hash, now=NOON
            )

    def told(self) -> set[str]:
        """Return the sessions of whose end everybody is told."""
        with self.sessions() as session:
            rows = session.execute(select(OUTBOX.c.type, OUTBOX.c.data)).all()
        assert {row.type for row in rows} <= {"session.revoked.v1"}
        return {json.loads(row.data)["session_id"] for row in rows}


@pytest.fixture
def auth(database_of: Callable[[str], Engine]) -> Auth:
    return Auth(create_sessions(database_of("auth")))


@pytest.fixture
def ann(auth: Auth) -> str:
    """Somebody who can log in."""
    auth.give(1, "ann")
    return "ann"
