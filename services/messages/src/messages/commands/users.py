"""What changes of users."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.outbox import OUTBOX, outbox_row
from contracts import UserUpdated, nickname_key
from messages.commands.registrations import begin_registration
from messages.credentials import Credentials
from messages.domain import NicknameTakenError, NotSelfError, UserNotFoundError
from messages.models import User
from messages.resources import user_as_json

SOURCE = "/messages"


def register_user(session: Session, *, nickname: str, password: str, credentials: Credentials, now: datetime) -> User:
    """Register *nickname*.

    The row is written first, and holds the nickname against others until this
    transaction ends; if auth cannot take the credentials nothing remains of it.

    Raises:
        NicknameTakenError: Somebody has it.
    """
    key = nickname_key(nickname)
    values = {"nickname": nickname, "nickname_key": key, "created_at": now, "updated_at": now, "last_seen_at": now}
    row = insert(User).values(**values).on_conflict_do_nothing(index_elements=[User.nickname_key])
    user: User | None = session.scalar(row.returning(User))
    if user is None:
        raise _taken(nickname)
    begin_registration(session, user.id, now=now)
    credentials.create(user.id, nickname=nickname, password=password)
    tell(session, [user], now)
    return user


def change_user(
    session: Session,
    *,
    user_id: int,
    editor_id: int,
    nickname: str | None = None,
    password: str | None = None,
    credentials: Credentials,
    now: datetime,
) -> None:
    """Rename a user, or give them another password; None stays as it is.

    As in a registration, the row holds the nickname while auth is being told. Auth is told even of the nickname that
    the user has: it may know another one, of an attempt that failed after it had been told.

    Raises:
        UserNotFoundError: There is no such user.
        NotSelfError: It is somebody else.
        NicknameTakenError: Somebody else has it.
    """
    user = session.get(User, user_id, with_for_update=True)
    if user is None:
        raise UserNotFoundError(f"There is no user {user_id}.")
    if user_id != editor_id:
        raise NotSelfError("Nobody else may change a user.")
    if nickname is not None and nickname != user.nickname:
        _rename(session, user, nickname, now)
    if nickname is not None or password is not None:
        credentials.change(user_id, nickname=nickname, password=password)


def tell(session: Session, users: Sequence[User], now: datetime) -> None:
    """Tell everybody how *users* are now."""
    events = [UserUpdated(user_id=user.id, version=user.version, model=user_as_json(user)) for user in users]
    if events:
        session.execute(insert(OUTBOX), [outbox_row(event, source=SOURCE, now=now) for event in events])


def _rename(session: Session, user: User, nickname: str, now: datetime) -> None:
    user.nickname, user.nickname_key, user.updated_at = nickname, nickname_key(nickname), now
    try:
        session.flush()
    except IntegrityError:  # there is no other rule that it could break
        raise _taken(nickname) from None
    tell(session, [user], now)


def _taken(nickname: str) -> NicknameTakenError:
    return NicknameTakenError(f"The nickname {nickname!r} is taken.")
