"""What changes of the ways in which users prove who they are."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from auth.commands.sessions import revoke_sessions
from auth.domain.credentials import UnknownCredentialsError
from auth.models import Credential
from contracts import nickname_key


def set_credentials(session: Session, *, user_id: int, nickname: str, password_hash: str) -> None:
    """Let *user_id* log in as *nickname*."""
    key = nickname_key(nickname)
    _set_aside(session, key, user_id)
    values = {"nickname_key": key, "password_hash": password_hash}
    row = insert(Credential).values(user_id=user_id, **values)
    session.execute(row.on_conflict_do_update(index_elements=[Credential.user_id], set_=values))


def change_credentials(
    session: Session, *, user_id: int, nickname: str | None, password_hash: str | None, now: datetime
) -> int:
    """Have *user_id* log in otherwise from now on, and return how many sessions that ended.

    None stays as it is. A new password ends all sessions.

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
    if password_hash is None:
        return 0
    credential.password_hash = password_hash
    session.flush()
    return revoke_sessions(session, user_id, now=now)


def _set_aside(session: Session, key: str, user_id: int) -> None:
    """Take the nickname *key* from whoever else has it here: the messages service decides whose it is.

    They are a registration or a renaming that was never finished. Their password is kept: once they are given another
    nickname, they can log in.
    """
    others = update(Credential).where(Credential.nickname_key == key, Credential.user_id != user_id)
    session.execute(others.values(nickname_key=None))
