"""The messages service's database in several sizes, one of them in use at a time.

They change places under the running services, which find the other one when they connect again: sizes can be measured
in turns, by the same processes.
"""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http import HTTPStatus
from typing import Any

import psycopg2
import requests
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - psycopg2 names its classes in lower case

from bench.api.subject import Subject
from bench.api.wrk import LoadError

IN_USE = "messages"
ASIDE = "messages_{}"
CONNECTIONS = f"FROM pg_stat_activity WHERE datname = '{IN_USE}'"
LEAVE_SECONDS = 30.0
ANSWER_SECONDS = 10.0
POLL_SECONDS = 0.1


class Shelf:
    """Copies of *subject*'s database, each named by its size."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._taken: int | None = None

    def copy(self, size: int) -> None:
        """Put aside a copy of the database as it is, for *size*; only while none of the others is taken."""
        with self._changing() as admin:
            admin.execute(f"CREATE DATABASE {ASIDE.format(size)} TEMPLATE {IN_USE} OWNER {IN_USE}")

    def take(self, size: int) -> None:
        """Have the services use the database of *size*, once they are done with the one before.

        Raises:
            LoadError: They do not leave that, or do not come to this.
        """
        with self._changing() as admin:
            aside = "empty" if self._taken is None else self._taken
            admin.execute(f"ALTER DATABASE {IN_USE} RENAME TO {ASIDE.format(aside)}")
            admin.execute(f"ALTER DATABASE {ASIDE.format(size)} RENAME TO {IN_USE}")
            self._taken = size

    @contextmanager
    def _changing(self) -> Iterator[Cursor]:
        self._subject.drain()
        with closing(psycopg2.connect(self._subject.stack.database_url("postgres"))) as connection:
            connection.autocommit = True
            with connection.cursor() as admin:
                _send_away(admin)
                yield admin
                for name in _names(admin):
                    admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        self.answered("?limit=1")

    def answered(self, query: str) -> Any:
        """Return what is answered to reading `/messages` followed by *query*, as soon as it is.

        Raises:
            LoadError: It is not within `LEAVE_SECONDS`.
        """
        load = self._subject.get(query)
        headers = {"Authorization": f"Bearer {load.tokens[0]}"}
        until = time.monotonic() + LEAVE_SECONDS
        while (answer := requests.get(load.url, headers=headers, timeout=ANSWER_SECONDS)).status_code != HTTPStatus.OK:
            if time.monotonic() > until:
                raise LoadError(f"{load.url} is answered {answer.status_code}: {answer.text}")
            time.sleep(POLL_SECONDS)
        return answer.json()


def _names(admin: Cursor) -> list[str]:
    admin.execute(f"SELECT datname FROM pg_database WHERE datname LIKE '{IN_USE}%'")  # noqa: S608
    return [str(name) for (name,) in admin.fetchall()]


def _send_away(admin: Cursor) -> None:
    admin.execute(f"ALTER DATABASE {IN_USE} ALLOW_CONNECTIONS false")
    until = time.monotonic() + LEAVE_SECONDS
    admin.execute(f"SELECT pg_terminate_backend(pid) {CONNECTIONS}")
    while admin.rowcount:
        if time.monotonic() > until:
            raise LoadError("The services do not leave their database.")
        time.sleep(POLL_SECONDS)
        admin.execute(f"SELECT pg_terminate_backend(pid) {CONNECTIONS}")
