"""Connections to Postgres, with a deadline on everything."""

import select
from functools import partial
from typing import Any

from gevent.monkey import get_original
from pydantic import SecretStr
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import InterfaceError, InternalError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session, sessionmaker

from chassis.turns import FairPool

# The database is away, overloaded, or read-only for the moment (InternalError); what was asked of it may work later.
DATABASE_ERRORS = (OperationalError, InterfaceError, InternalError, PoolTimeoutError)

# Whatever driver a URL names or SQLAlchemy prefers: this is the one that gunicorn.py teaches to wait with gevent.
DRIVER = "postgresql+psycopg2"

# The system's own, for a look that waits for nothing; gevent's would go through its loop.
poll = get_original("select", "poll")

CONNECT_SECONDS = 5
CHECKOUT_SECONDS = 5
STATEMENT_SECONDS = 10
IDLE_IN_TRANSACTION_SECONDS = 15
# A peer that has gone without a word is noticed on either side, be the connection idle or in the middle of something.
KEEPALIVE_IDLE_SECONDS = 10
KEEPALIVE_INTERVAL_SECONDS = 5
KEEPALIVE_COUNT = 3
UNANSWERED_SECONDS = 20


def connect(
    url: SecretStr, *, name: str, pool_size: int = 10, autocommit: bool = False, reconnects: bool = True
) -> Engine:
    """Return the engine of *url*, `postgresql://…`; no connection is opened yet.

    Args:
        name: How operators recognise the connections.
        pool_size: Connections kept and at most open.
        autocommit: Whether every statement commits by itself, which saves two trips to the database.
        reconnects: Whether a connection that was lost at rest is replaced before anybody notices; else the next
            statement fails at once, for those who had rather ask elsewhere than wait.
    """
    options = {
        "statement_timeout": f"{STATEMENT_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_SECONDS}s",
        "timezone": "UTC",
        # Whoever vanishes without a word gives back what it holds, the lead of a relay for instance.
        "tcp_keepalives_idle": KEEPALIVE_IDLE_SECONDS,
        "tcp_keepalives_interval": KEEPALIVE_INTERVAL_SECONDS,
        "tcp_keepalives_count": KEEPALIVE_COUNT,
        "tcp_user_timeout": f"{UNANSWERED_SECONDS}s",
    }
    engine = create_engine(
        make_url(url.get_secret_value()).set(drivername=DRIVER),
        poolclass=FairPool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=CHECKOUT_SECONDS,
        pool_use_lifo=True,
        isolation_level="AUTOCOMMIT" if autocommit else None,
        hide_parameters=True,  # errors are logged, and there are password hashes and messages among the parameters
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": name,
            "options": " ".join(f"-c {option}={value}" for option, value in options.items()),
            "keepalives_idle": KEEPALIVE_IDLE_SECONDS,
            "keepalives_interval": KEEPALIVE_INTERVAL_SECONDS,
            "keepalives_count": KEEPALIVE_COUNT,
            "tcp_user_timeout": UNANSWERED_SECONDS * 1000,
        },
    )
    if reconnects:
        event.listen(engine, "checkout", partial(_wake, engine))
    return engine


def _wake(engine: Engine, connection: Any, record: Any, _proxy: Any) -> None:
    if record.info.setdefault("is_new", True):
        record.info["is_new"] = False
        return
    try:
        # Nobody has asked it anything: what it has to say is most likely that it has ended.
        if _has_something_to_say(connection):
            engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        # The others of the pool have lost the same database.
        raise InvalidatePoolError(str(error)) from error


def _has_something_to_say(connection: Any) -> bool:
    looking = poll()
    looking.register(connection, select.POLLIN)
    return bool(looking.poll(0))


def create_sessions(engine: Engine) -> sessionmaker[Session]:
    """Return the factory of sessions; what was read in one may be looked at after its end."""
    return sessionmaker(engine, expire_on_commit=False)


def is_reachable(engine: Engine) -> bool:
    """Whether a connection of the pool answers."""
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except DATABASE_ERRORS:
        return False
    return True
