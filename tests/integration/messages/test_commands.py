"""What changes, on a real database."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from chassis.internal import ServiceUnavailableError
from chassis.outbox import OUTBOX
from messages.commands.messages import edit_message, post_message, set_html
from messages.commands.users import register_user, see_user
from messages.domain import MessageNotFoundError, NicknameTakenError, NotAuthorError, UnknownUserError
from messages.models import Message, User
from tests.integration.messages.auths import RecordingCredentials

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)

Sessions = sessionmaker[Session]


def register(sessions: Sessions, nickname: str = "ann") -> int:
    with sessions.begin() as session:
        user = register_user(
            session, nickname=nickname, password="long enough", credentials=RecordingCredentials(), now=NOON
        )
        return user.id


def post(sessions: Sessions, author_id: int) -> int:
    with sessions.begin() as session:
        return post_message(session, author_id=author_id, source="**hi**", now=NOON)[0].id


def message(sessions: Sessions, message_id: int) -> Message:
    with sessions() as session:
        return session.get_one(Message, message_id)


def events(sessions: Sessions) -> Sequence[str]:
    with sessions() as session:
        return session.scalars(select(OUTBOX.c.type).order_by(OUTBOX.c.position)).all()


def test_a_registration_is_told(sessions: Sessions) -> None:
    register(sessions)
    assert events(sessions) == ["user.updated.v1"]


def test_of_many_who_want_a_nickname_at_once_one_gets_it(sessions: Sessions) -> None:
    def try_to_register(number: int) -> bool:
        try:
            register(sessions, "Ann" if number % 2 else "aNN")
        except NicknameTakenError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_to_register, range(40))) == 1


def test_nothing_remains_of_a_registration_that_auth_did_not_take(sessions: Sessions) -> None:
    refusing = RecordingCredentials(ServiceUnavailableError())
    with pytest.raises(ServiceUnavailableError), sessions.begin() as session:
        register_user(session, nickname="ann", password="long enough", credentials=refusing, now=NOON)
    assert events(sessions) == []
    assert register(sessions)


def test_somebody_who_is_not_registered_cannot_post(sessions: Sessions) -> None:
    with pytest.raises(UnknownUserError), sessions.begin() as session:
        post_message(session, author_id=1, source="hi", now=NOON)


def test_a_post_is_shown_escaped_until_it_is_rendered(sessions: Sessions) -> None:
    message_id = post(sessions, register(sessions))
    assert (message(sessions, message_id).html, message(sessions, message_id).status) == ("**hi**", "posted")
    render(sessions, message_id, version=1)
    assert (message(sessions, message_id).html, message(sessions, message_id).status) == ("<p>new</p>", "rendered")
    assert events(sessions) == ["user.updated.v1", "message.posted.v1", "message.updated.v1"]


def render(sessions: Sessions, message_id: int, version: int) -> None:
    with sessions.begin() as session:
        set_html(session, message_id=message_id, source_version=version, html="<p>new</p>", now=LATER)


def test_a_rendering_that_comes_twice_changes_nothing(sessions: Sessions) -> None:
    message_id = post(sessions, register(sessions))
    render(sessions, message_id, version=1)
    told = events(sessions)
    render(sessions, message_id, version=1)
    assert events(sessions) == told
    assert message(sessions, message_id).version == 2


def test_the_rendering_of_an_older_source_is_not_shown(sessions: Sessions) -> None:
    author = register(sessions)
    message_id = post(sessions, author)
    with sessions.begin() as session:
        edited, task = edit_message(session, message_id=message_id, editor_id=author, source="edited", now=LATER)
    assert (edited.version, task.source_version) == (2, 2)
    render(sessions, message_id, version=1)
    assert message(sessions, message_id).html == "edited"
    render(sessions, message_id, version=2)
    assert message(sessions, message_id).html == "<p>new</p>"


def test_nobody_edits_what_is_not_theirs_or_not_there(sessions: Sessions) -> None:
    author, other = register(sessions), register(sessions, "bob")
    message_id = post(sessions, author)
    with pytest.raises(NotAuthorError), sessions.begin() as session:
        edit_message(session, message_id=message_id, editor_id=other, source="mine", now=LATER)
    with pytest.raises(MessageNotFoundError), sessions.begin() as session:
        edit_message(session, message_id=message_id + 1, editor_id=author, source="mine", now=LATER)


def test_being_seen_is_told_once_and_leaves_updated_at_alone(sessions: Sessions) -> None:
    user_id = register(sessions)
    for now in (LATER, LATER + timedelta(seconds=1), LATER - timedelta(minutes=1)):
        with sessions.begin() as session:
            see_user(session, user_id=user_id, now=now)
    with sessions() as session:
        user = session.get_one(User, user_id)
    assert (user.updated_at, user.last_seen_at) == (NOON, LATER + timedelta(seconds=1))
    assert events(sessions) == ["user.updated.v1"] * 2
