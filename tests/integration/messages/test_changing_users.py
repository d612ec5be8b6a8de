"""Users are renamed and given new passwords, on a real database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from chassis.internal import ServiceUnavailableError
from chassis.outbox import OUTBOX
from contracts import UserUpdated, decode
from messages.commands.users import change_user, register_user
from messages.domain import NicknameTakenError, NotSelfError, UserNotFoundError
from messages.models import User
from tests.integration.messages.auths import RecordingCredentials
from tests.integration.messages.conftest import NOON

LATER = NOON + timedelta(minutes=5)

Sessions = sessionmaker[Session]


@pytest.fixture
def auth() -> RecordingCredentials:
    return RecordingCredentials()


def change(sessions: Sessions, user_id: int, auth: RecordingCredentials, **changes: Any) -> None:
    values = {"editor_id": user_id, "nickname": None, "password": None, **changes}
    with sessions.begin() as session:
        change_user(session, user_id=user_id, **values, credentials=auth, now=LATER)


def register(sessions: Sessions, nickname: str) -> int:
    with sessions.begin() as session:
        return register_user(
            session, nickname=nickname, password="x" * 8, credentials=RecordingCredentials(), now=NOON
        ).id


def user(sessions: Sessions, user_id: int) -> User:
    with sessions() as session:
        return session.get_one(User, user_id)


def told(sessions: Sessions) -> list[UserUpdated]:
    """What everybody was told, without the registrations."""
    with sessions() as session:
        rows = session.execute(select(OUTBOX.c.type, OUTBOX.c.data).order_by(OUTBOX.c.position)).all()
    events = [decode(row.type, bytes(row.data)) for row in rows]
    return [
        event for event in events if isinstance(event, UserUpdated) and event.model["updated_at"] == LATER.timestamp()
    ]


def test_a_new_nickname_is_told_to_auth_and_to_everybody(
    sessions: Sessions, ann: int, auth: RecordingCredentials
) -> None:
    change(sessions, ann, auth, nickname="Annie")
    assert auth.told == [{"user_id": ann, "nickname": "Annie", "password": None}]
    assert [event.model["nickname"] for event in told(sessions)] == ["Annie"]
    assert (user(sessions, ann).nickname, user(sessions, ann).updated_at) == ("Annie", LATER)
    assert register(sessions, "ann") != ann, "the old nickname is free"


def test_each_change_has_a_version_that_everybody_is_told(
    sessions: Sessions, ann: int, auth: RecordingCredentials
) -> None:
    for nickname in ("Annie", "Anna"):
        change(sessions, ann, auth, nickname=nickname)
    versions = [(event.version, event.model["version"], event.model["nickname"]) for event in told(sessions)]
    assert versions == [(2, 2, "Annie"), (3, 3, "Anna")]
    assert user(sessions, ann).version == 3


def test_nobody_can_forget_to_count_a_change(sessions: Sessions, ann: int) -> None:
    with sessions.begin() as session:
        session.execute(text("UPDATE users SET nickname = 'x', version = 1"))
    assert user(sessions, ann).version == 2


def test_ones_own_nickname_may_be_written_otherwise(sessions: Sessions, ann: int, auth: RecordingCredentials) -> None:
    change(sessions, ann, auth, nickname="ANN")
    assert user(sessions, ann).nickname == "ANN"


@pytest.mark.parametrize("nickname", ["bob", "BOB"])
def test_a_nickname_that_somebody_has_is_taken(
    sessions: Sessions, ann: int, auth: RecordingCredentials, nickname: str
) -> None:
    register(sessions, "Bob")
    with pytest.raises(NicknameTakenError):
        change(sessions, ann, auth, nickname=nickname)
    assert (auth.told, told(sessions), user(sessions, ann).nickname) == ([], [], "ann")


def test_the_same_nickname_once_more_changes_nothing_and_mends_what_auth_knows(
    sessions: Sessions, ann: int, auth: RecordingCredentials
) -> None:
    change(sessions, ann, auth, nickname="ann")
    assert auth.told == [{"user_id": ann, "nickname": "ann", "password": None}]
    assert (told(sessions), user(sessions, ann).updated_at) == ([], NOON)


def test_a_new_password_is_between_them_and_auth(sessions: Sessions, ann: int, auth: RecordingCredentials) -> None:
    change(sessions, ann, auth, password="another one")
    assert auth.told == [{"user_id": ann, "nickname": None, "password": "another one"}]
    assert (told(sessions), user(sessions, ann).updated_at) == ([], NOON)


def test_nothing_changes_nothing(sessions: Sessions, ann: int, auth: RecordingCredentials) -> None:
    change(sessions, ann, auth)
    assert (auth.told, told(sessions), user(sessions, ann).updated_at) == ([], [], NOON)


def test_nothing_changes_if_auth_does_not_take_it(sessions: Sessions, ann: int) -> None:
    with pytest.raises(ServiceUnavailableError):
        change(sessions, ann, RecordingCredentials(ServiceUnavailableError()), nickname="annie", password="another one")
    assert (told(sessions), user(sessions, ann).nickname, user(sessions, ann).updated_at) == ([], "ann", NOON)


def test_nobody_changes_who_is_somebody_else_or_nobody(
    sessions: Sessions, ann: int, auth: RecordingCredentials
) -> None:
    with pytest.raises(NotSelfError):
        change(sessions, ann, auth, editor_id=ann + 1, nickname="annie")
    with pytest.raises(UserNotFoundError):
        change(sessions, ann + 1, auth, editor_id=ann, nickname="annie")
    assert auth.told == []


def test_of_many_who_want_a_nickname_at_once_one_gets_it(sessions: Sessions, auth: RecordingCredentials) -> None:
    users = [register(sessions, f"user {number}") for number in range(16)]

    def is_renamed(user_id: int) -> bool:
        try:
            change(sessions, user_id, auth, nickname="Wanted" if user_id % 2 else "wanteD")
        except NicknameTakenError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(is_renamed, users)) == 1
    assert (len(auth.told), len(told(sessions))) == (1, 1)
