"""Registering, in a way that survives the death of any process at any moment.

The nickname is locked from before the first row until the answer has left. Whoever asks for the same again finds that
the nickname is taken; if the process that took it died before it had answered, and the password is the same, they get
the answer that it owed.
"""

from collections.abc import Callable
from typing import TypeAlias

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts import nickname_key
from messages.commands.registrations import finish_registration, unanswered_user
from messages.commands.users import register_user
from messages.credentials import Credentials
from messages.domain import NicknameTakenError
from messages.models import User

# Of the connection, and not of the transaction: it goes when the process does. With two numbers, so that no nickname
# locks anything but itself.
LOCK = text(f"SELECT pg_advisory_lock({0x6E69636B}, hashtext(:key))")
UNLOCK = text(f"SELECT pg_advisory_unlock({0x6E69636B}, hashtext(:key))")
PATIENCE = text("SET LOCAL lock_timeout = '3s'")

Finish: TypeAlias = Callable[[], None]


class Registering:
    """Registers people.

    Args:
        engine: Of transactions; a registration holds one connection until it has been answered.
    """

    def __init__(self, engine: Engine, credentials: Credentials, clock: Clock) -> None:
        self._engine = engine
        self._credentials = credentials
        self._clock = clock

    def register(self, nickname: str, password: str) -> tuple[User, Finish]:
        """Register *nickname*, and return who that is, and what is to be called after they were answered.

        Raises:
            NicknameTakenError: Somebody else has it.
        """
        key = {"key": nickname_key(nickname)}
        connection = self._engine.connect()
        try:
            connection.execute(PATIENCE)
            connection.execute(LOCK, key)
            connection.commit()
            user = self._register(connection, nickname, password)
        except NicknameTakenError:
            _release(connection, key)
            raise
        except BaseException:
            connection.invalidate()  # and the lock with it
            connection.close()
            raise

        def finish() -> None:
            try:
                with _session(connection) as session:
                    finish_registration(session, user.id)
                    session.commit()
            finally:
                _release(connection, key)

        return user, finish

    def _register(self, connection: Connection, nickname: str, password: str) -> User:
        now = self._clock()
        try:
            with _session(connection) as session, session.begin():
                return register_user(
                    session, nickname=nickname, password=password, credentials=self._credentials, now=now
                )
        except NicknameTakenError:
            with _session(connection) as session:
                user = unanswered_user(session, nickname, now=now)
            if user is None or not self._credentials.are_those_of(user.id, password=password):
                raise
            return user


def _session(connection: Connection) -> Session:
    return Session(connection, expire_on_commit=False)


def _release(connection: Connection, key: dict[str, str]) -> None:
    try:
        connection.rollback()
        connection.execute(UNLOCK, key)
        connection.commit()
    except BaseException:
        connection.invalidate()
        raise
    finally:
        connection.close()
