"""What changes in auth: one function, one transaction."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from auth.models import Credential, LoginSession
from chassis.clock import epoch_seconds
from chassis.outbox import add_to_outbox
from chassis.tokens import LEEWAY_SECONDS
from contracts import SessionRevoked, nickname_key

SOURCE = "/auth"


def set_credentials(session: Session, *, user_id: int, nickname: str, password_hash: str) -> None:
    """Let *user_id* log in as *nickname*.

    The messages service decides whose a nickname is: whoever had it here before
    was a registration that was never finished.
    """
    key = nickname_key(nickname)
    session.execute(delete(Credential).where(Credential.nickname_key == key, Credential.user_id != user_id))
    values = {"nickname_key": key, "password_hash": password_hash}
    row = insert(Credential).values(user_id=user_id, **values)
    session.execute(row.on_conflict_do_update(index_elements=[Credential.user_id], set_=values))


def open_session(session: Session, *, user_id: int, now: datetime, lifetime: timedelta) -> UUID:
    """Begin a session of *user_id* and return its id."""
    login = LoginSession(id=uuid4(), user_id=user_id, created_at=now, expires_at=now + lifetime)
    session.add(login)
    return login.id


def revoke_session(session: Session, session_id: UUID, *, now: datetime) -> None:
    """End a session before its time; harmless when it has ended already."""
    ended = session.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(LoginSession.user_id, LoginSession.expires_at)
    ).one_or_none()
    if ended is not None:
        expires_at = epoch_seconds(ended.expires_at) + LEEWAY_SECONDS
        event = SessionRevoked(session_id=str(session_id), user_id=ended.user_id, expires_at=expires_at)
        add_to_outbox(session, event, source=SOURCE, now=now)
