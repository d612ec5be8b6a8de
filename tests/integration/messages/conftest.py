"""A database of the messages service with somebody in it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from chassis.database import connect, create_sessions
from messages.commands.users import register_user
from tests.integration.messages.auths import RecordingCredentials

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

Sessions = sessionmaker[Session]


@pytest.fixture
def sessions(database_of: Callable[[str], Engine]) -> Sessions:
    return create_sessions(database_of("messages"))


@pytest.fixture
def statements(sessions: Sessions) -> Iterator[Sessions]:
    """Sessions on the same database whose every statement commits by itself."""
    url = sessions.kw["bind"].url.render_as_string(hide_password=False)
    engine = connect(SecretStr(url), name="test", autocommit=True)
    yield create_sessions(engine)
    engine.dispose()


@pytest.fixture
def ann(sessions: Sessions) -> int:
    """The id of somebody who is registered."""
    with sessions.begin() as session:
        user = register_user(session, nickname="ann", password="x" * 8, credentials=RecordingCredentials(), now=NOON)
        return user.id
