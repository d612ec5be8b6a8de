"""What changes in auth: one function, one transaction."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from auth.models import Credential, LoginSession
from chassis.clock import epoch_seconds
from chassis.outbox import add_to_outbox
from chassis.tokens import LEEWAY_SECONDS
from contracts import SessionRevoked, nickname_key

SOURCE = "/auth"


class UnknownCredentialsError(Exception):
    """Nobody has these credentials, or not any more."""


def set_credentials(session: Session, *, user_id: int, nickname: str, password_hash: str) -> None:
    """Let *user_id* log in as *nickname*."""
    key = nickname_key(nickname)
    _set_aside(session, key, user_id)
    values = {"nickname_key": key, "password_hash": password_hash}
    row = insert(Credential).values(user_id=user_id, **values)
    session.execute(row.on_conflict_do_update(index_elements=[Credential.user_id], set_=values))


def change_credentials(
    session: Session, *, user_id: int, nickname: str | None, password_hash: str | None, now: datetime
) -> None:
    """Have *user_id* log in otherwise from now on; None stays as it is. A new password ends all sessions.

    Raises:
        UnknownCredentialsError: They have none.
    """
    credential = session.get(Credential, user_id, with_for_update=True)
    if credential is None:
        raise UnknownCredentialsError(f"User {user_id} has no credentials.")
    if nickname is not None:
        key = nickname_key(nickname)
        _set_aside(session, key, user_id)
        credential.nickname_key = key
    if password_hash is not None:
        credential.password_hash = password_hash
        session.flush()
        revoke_sessions(session, user_id, now=now)


def open_session(session: Session, credential: Credential, *, now: datetime, lifetime: timedelta) -> UUID:
    """Begin a session of whoever gave *credential*, and return its id.

    Raises:
        UnknownCredentialsError: The password has been replaced since it was looked at.
    """
    # Whoever replaces it waits until this session is there to be ended.
    same = Credential.user_id == credential.user_id, Credential.password_hash == credential.password_hash
    if session.scalar(select(Credential.user_id).where(*same).with_for_update(read=True)) is None:
        raise UnknownCredentialsError("The password is not what it was.")
    login = LoginSession(id=uuid4(), user_id=credential.user_id, created_at=now, expires_at=now + lifetime)
    session.add(login)
    return login.id


def revoke_session(session: Session, session_id: UUID, *, now: datetime) -> None:
    """End a session before its time; harmless when it has ended already."""
    _revoke(session, LoginSession.id == session_id, now=now)


def revoke_sessions(session: Session, user_id: int, *, now: datetime) -> None:
    """End every session of *user_id* whose tokens could still seem good."""
    leeway = timedelta(seconds=LEEWAY_SECONDS)
    _revoke(session, LoginSession.user_id == user_id, LoginSession.expires_at > now - leeway, now=now)


def _revoke(session: Session, *which: ColumnElement[bool], now: datetime) -> None:
    ended = session.scalars(
        update(LoginSession)
        .where(*which, LoginSession.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(LoginSession)
    )
    for login in ended.all():
        expires_at = epoch_seconds(login.expires_at) + LEEWAY_SECONDS
        event = SessionRevoked(session_id=str(login.id), user_id=login.user_id, expires_at=expires_at)
        add_to_outbox(session, event, source=SOURCE, now=now)


def _set_aside(session: Session, key: str, user_id: int) -> None:
    """Take the nickname *key* from whoever else has it here: the messages service decides whose it is.

    They are a registration or a renaming that was never finished. Their password is kept: once they are given another
    nickname, they can log in.
    """
    others = update(Credential).where(Credential.nickname_key == key, Credential.user_id != user_id)
    session.execute(others.values(nickname_key=None))
