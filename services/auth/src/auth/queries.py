"""What is read from auth's tables."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.fernet import Fernet
from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.keyring import Key, opened
from auth.models import Credential, LoginSession, SigningKey
from chassis.clock import epoch_seconds
from chassis.tokens import LEEWAY_SECONDS
from contracts import nickname_key


def credential_of(session: Session, nickname: str) -> Credential | None:
    """Return how the user called *nickname* proves who they are."""
    if "\0" in nickname:  # Postgres has no such text
        return None
    return session.scalar(select(Credential).where(Credential.nickname_key == nickname_key(nickname)))


def password_hash_of(session: Session, user_id: int) -> str | None:
    """Return the hash of the password of *user_id*; None if nobody has one by this id."""
    return session.scalar(select(Credential.password_hash).where(Credential.user_id == user_id))


def is_revoked(session: Session, session_id: str) -> bool:
    """Whether a session ended before its time, or was never there."""
    login = session.get(LoginSession, UUID(session_id))
    return login is None or login.revoked_at is not None


def revocations(session: Session, *, since: datetime, now: datetime) -> list[dict[str, str | int]]:
    """Return the sessions that ended before their time, at *since* or later, and whose tokens could still seem good."""
    leeway = timedelta(seconds=LEEWAY_SECONDS)
    rows = select(LoginSession).where(LoginSession.revoked_at >= since, LoginSession.tokens_expire_at > now - leeway)
    return [
        {"session_id": str(login.id), "expires_at": epoch_seconds(login.tokens_expire_at) + LEEWAY_SECONDS}
        for login in session.scalars(rows)
    ]


def sessions_of(session: Session, user_id: int, *, now: datetime) -> Sequence[LoginSession]:
    """Return the sessions of *user_id* that go on, the oldest first."""
    going_on = LoginSession.revoked_at.is_(None), LoginSession.expires_at > now
    rows = select(LoginSession).where(LoginSession.user_id == user_id, *going_on).order_by(LoginSession.created_at)
    return session.scalars(rows).all()


def signing_keys(session: Session, sealing: Fernet) -> list[Key]:
    """Return all keys, those included that do not verify any more."""
    return [opened(row, sealing) for row in session.scalars(select(SigningKey))]
