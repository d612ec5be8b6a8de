"""What changes of users."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.outbox import add_to_outbox
from contracts import UserUpdated, nickname_key
from messages.domain import NicknameTakenError, is_online
from messages.models import User
from messages.resources import user_as_json

SOURCE = "/messages"

SetCredentials: TypeAlias = Callable[[int, str, str], None]


def register_user(
    session: Session, *, nickname: str, password: str, set_credentials: SetCredentials, now: datetime
) -> User:
    """Register *nickname*.

    The row is written first, and holds the nickname against others until this
    transaction ends; if auth cannot take the credentials nothing remains of it.

    Args:
        set_credentials: Called with user id, nickname and password; raises what keeps auth from taking them.

    Raises:
        NicknameTakenError: Somebody has it.
    """
    key = nickname_key(nickname)
    values = {"nickname": nickname, "nickname_key": key, "created_at": now, "updated_at": now, "last_seen_at": now}
    row = insert(User).values(**values).on_conflict_do_nothing(index_elements=[User.nickname_key])
    user: User | None = session.scalar(row.returning(User))
    if user is None:
        raise NicknameTakenError(f"The nickname {nickname!r} is taken.")
    set_credentials(user.id, nickname, password)
    _tell(session, user, now)
    return user


def see_user(session: Session, *, user_id: int, now: datetime) -> None:
    """Note that *user_id* is there, and tell everybody if they were not a moment ago."""
    user = session.get(User, user_id, with_for_update=True)
    if user is None or user.last_seen_at >= now:
        return
    was_online = is_online(user.last_seen_at, now)
    session.execute(update(User).where(User.id == user_id).values(last_seen_at=now))
    session.refresh(user)
    if not was_online:
        _tell(session, user, now)


def _tell(session: Session, user: User, now: datetime) -> None:
    event = UserUpdated(user_id=user.id, model=user_as_json(user, now))
    add_to_outbox(session, event, source=SOURCE, now=now)
