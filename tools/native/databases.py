"""Databases and their owners, made and kept as they should be."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - psycopg2 names its classes in lower case

CONNECT_SECONDS = 5


def accepts_queries(url: str) -> bool:
    """Return whether the database at *url* answers."""
    try:
        with _administering(url) as cursor:
            cursor.execute("SELECT 1")
    except psycopg2.OperationalError:
        return False
    return True


def ensure_owner(admin_url: str, owner: str, password: str) -> None:
    """Make the role unless it exists, and set its password."""
    role = sql.Identifier(owner)
    with _administering(admin_url) as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (owner,))
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {}").format(role))
        cursor.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(password)))


def ensure_database(admin_url: str, name: str, *, owner: str) -> None:
    """Make the database unless it exists; only its owner can connect to it."""
    database = sql.Identifier(name)
    with _administering(admin_url) as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, sql.Identifier(owner)))
        cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))


@contextmanager
def _administering(url: str) -> Iterator[Cursor]:
    connection = psycopg2.connect(url, connect_timeout=CONNECT_SECONDS)
    try:
        connection.autocommit = True  # CREATE DATABASE is refused in a transaction
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()
