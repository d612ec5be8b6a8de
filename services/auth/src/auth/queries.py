"""What is read from auth's tables."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.models import Credential, LoginSession
from chassis.clock import epoch_seconds
from chassis.tokens import LEEWAY_SECONDS
from contracts import nickname_key


def credential_of(session: Session, nickname: str) -> Credential | None:
    """Return how the user called *nickname* proves who they are."""
    if "\0" in nickname:  # Postgres has no such text
        return None
    return session.scalar(select(Credential).where(Credential.nickname_key == nickname_key(nickname)))


def is_revoked(session: Session, session_id: str) -> bool:
    """Whether a session ended before its time, or was never there."""
    login = session.get(LoginSession, UUID(session_id))
    return login is None or login.revoked_at is not None


def revocations(session: Session, now: datetime) -> list[dict[str, str | int]]:
    """Return the sessions that ended before their time and whose tokens could still seem good."""
    leeway = timedelta(seconds=LEEWAY_SECONDS)
    rows = select(LoginSession).where(LoginSession.revoked_at.is_not(None), LoginSession.expires_at > now - leeway)
    return [
        {"session_id": str(login.id), "expires_at": epoch_seconds(login.expires_at) + LEEWAY_SECONDS}
        for login in session.scalars(rows)
    ]
