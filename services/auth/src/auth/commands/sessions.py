"""What changes of sessions: they begin, are prolonged, and end."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from auth.domain.credentials import UnknownCredentialsError
from auth.domain.refresh_tokens import (
    REFRESH_LIFETIME,
    TOKEN_BYTES,
    Use,
    digest_of,
    new_refresh_token,
    successor_of,
    use_of,
)
from auth.models import Credential, LoginSession, RefreshToken
from chassis.clock import epoch_seconds
from chassis.outbox import add_to_outbox
from chassis.tokens import LEEWAY_SECONDS
from contracts import SessionRevoked

SOURCE = "/auth"
LEEWAY = timedelta(seconds=LEEWAY_SECONDS)
FORGOTTEN_AT_A_TIME = 5000


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """What the owner of a session goes on with."""

    user_id: int
    session_id: UUID
    refresh_token: str


def open_session(
    session: Session,
    credential: Credential,
    *,
    token_lifetime: timedelta,
    new_hash: str | None = None,
    now: datetime,
) -> Grant:
    """Begin a session of whoever gave *credential*.

    Args:
        new_hash: Of the same password, where it is to be hashed otherwise from now on.

    Raises:
        UnknownCredentialsError: The password has been replaced since it was looked at.
    """
    # Whoever replaces it waits until this session is there to be ended.
    same = Credential.user_id == credential.user_id, Credential.password_hash == credential.password_hash
    found = select(Credential.user_id).where(*same).with_for_update(read=new_hash is None)
    if session.scalar(found) is None:
        raise UnknownCredentialsError("The password is not what it was.")
    if new_hash is not None:
        session.execute(update(Credential).where(*same).values(password_hash=new_hash))
    login = LoginSession(
        id=uuid4(),
        user_id=credential.user_id,
        created_at=now,
        tokens_expire_at=now + token_lifetime,
        expires_at=now + REFRESH_LIFETIME,
    )
    session.add(login)
    session.flush()
    return _grant(session, login, new_refresh_token(), now=now)


def prolong_session(
    session: Session, refresh_token: str, *, token_lifetime: timedelta, now: datetime
) -> tuple[Use, Grant | None]:
    """Return what *refresh_token* is exchanged for, None if it is good for nothing.

    Whoever used it before, but for somebody who lost the answer a moment ago, has stolen it or was robbed of it: the
    session ends.
    """
    found = select(RefreshToken, LoginSession).join(LoginSession).where(RefreshToken.digest == digest_of(refresh_token))
    row = session.execute(found.with_for_update()).first()
    if row is None or row.LoginSession.revoked_at is not None or row.RefreshToken.expires_at <= now:
        return Use.FIRST, None
    used, login = row
    successor = None if used.successor_salt is None else successor_of(refresh_token, used.successor_salt)
    use = use_of(used_at=used.used_at, successor_is_used=_is_used(session, successor), now=now)
    if use is Use.REUSED:
        revoke_session(session, login.id, now=now)
        return use, None
    login.tokens_expire_at = now + token_lifetime
    if successor is not None:
        return use, Grant(user_id=login.user_id, session_id=login.id, refresh_token=successor)
    used.used_at, used.successor_salt = now, os.urandom(TOKEN_BYTES)
    login.expires_at = now + REFRESH_LIFETIME
    return use, _grant(session, login, successor_of(refresh_token, used.successor_salt), now=now)


def revoke_session(session: Session, session_id: UUID, *, now: datetime) -> int:
    """End a session before its time, and return how many were ended: none if it has ended already."""
    return _revoke(session, LoginSession.id == session_id, now=now)


def revoke_sessions(session: Session, user_id: int, *, now: datetime) -> int:
    """End every session of *user_id*, and return how many there were."""
    return _revoke(session, LoginSession.user_id == user_id, LoginSession.expires_at > now - LEEWAY, now=now)


def forget_sessions(session: Session, *, now: datetime) -> None:
    """Drop some sessions whose tokens are all good for nothing; their refresh tokens go with them."""
    gone = or_(LoginSession.expires_at < now, LoginSession.revoked_at < now)
    old = select(LoginSession.id).where(gone, LoginSession.tokens_expire_at < now - LEEWAY).limit(FORGOTTEN_AT_A_TIME)
    session.execute(delete(LoginSession).where(LoginSession.id.in_(old)))


def forget_refresh_tokens(session: Session, *, now: datetime) -> None:
    """Drop some refresh tokens that have run out."""
    old = select(RefreshToken.digest).where(RefreshToken.expires_at < now).limit(FORGOTTEN_AT_A_TIME)
    session.execute(delete(RefreshToken).where(RefreshToken.digest.in_(old)))


def _grant(session: Session, login: LoginSession, refresh_token: str, *, now: datetime) -> Grant:
    row = RefreshToken(digest=digest_of(refresh_token), session_id=login.id, expires_at=now + REFRESH_LIFETIME)
    session.add(row)
    return Grant(user_id=login.user_id, session_id=login.id, refresh_token=refresh_token)


def _is_used(session: Session, refresh_token: str | None) -> bool:
    row = session.get(RefreshToken, digest_of(refresh_token)) if refresh_token else None
    return row is not None and row.used_at is not None


def _revoke(session: Session, *which: ColumnElement[bool], now: datetime) -> int:
    ended = session.scalars(
        update(LoginSession)
        .where(*which, LoginSession.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(LoginSession)
    ).all()
    for login in ended:
        expires_at = epoch_seconds(login.tokens_expire_at) + LEEWAY_SECONDS
        event = SessionRevoked(session_id=str(login.id), user_id=login.user_id, expires_at=expires_at)
        add_to_outbox(session, event, source=SOURCE, now=now)
    return len(ended)
