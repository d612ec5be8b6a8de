"""The database of this service, in the ways in which requests use it."""

from dataclasses import dataclass

from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from chassis.database import connect, create_sessions
from chassis.reading import Reading

NAME = "messages"


@dataclass(frozen=True, kw_only=True, slots=True)
class Databases:
    """Where requests find what they need.

    Attributes:
        engine: Of transactions; whether it is reachable says whether requests can be served.
        transactions: Sessions for what takes several statements.
        statements: Sessions whose every statement commits by itself.
        lists: Lists are read here, from a replica if there is one.
    """

    engine: Engine
    transactions: sessionmaker[Session]
    statements: sessionmaker[Session]
    lists: Reading


def connect_both(url: SecretStr, *, pool_size: int) -> tuple[Engine, Engine]:
    """Return the engines of transactions and of single statements, with *pool_size* connections each."""
    transactions = connect(url, name=NAME, pool_size=pool_size)
    return transactions, connect(url, name=NAME, pool_size=pool_size, autocommit=True)


def on_engines(transactions: Engine, statements: Engine, lists: Reading | None = None) -> Databases:
    """Return what requests use; without *lists*, lists are read where all else is."""
    sessions = create_sessions(statements)
    return Databases(
        engine=transactions,
        transactions=create_sessions(transactions),
        statements=sessions,
        lists=lists or Reading(sessions),
    )
