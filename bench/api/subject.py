"""The system that is measured, and the constant endpoint beside it."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2

from bench.api import wrk
from bench.api.ceiling import ceiling
from bench.api.wrk import Load, LoadError
from tests.people import Person
from tools.native import Stack
from tools.native.services import ROOT

USERS = 8
HOMES = ROOT / ".flack"
SOURCE = "**Hello** everybody, this is _the_ message with `some code` in it.\\n\\n- one\\n- two"
POST_BODY = f'{{"source": "{SOURCE}"}}'

DRAIN_SECONDS = 600.0
LOOK_SECONDS = 0.25
WAITING = "SELECT EXISTS (SELECT FROM outbox) OR EXISTS (SELECT FROM messages WHERE status = 'posted')"

FILL = """
    DO $$
    BEGIN
        FOR batch IN 0 .. {count} / 100 - 1 LOOP
            SET LOCAL synchronous_commit = off;
            INSERT INTO messages (user_id, created_at, updated_at, version, source_version, source, html, status)
            SELECT 1 + n % 8, at, at, 2, 1, 'message number ' || n, '<p>message number ' || n || '</p>', 'rendered'
            FROM generate_series(100 * batch, 100 * batch + 99) AS n,
                LATERAL (SELECT now() - interval '20 hours' + n * interval '10 hours' / {count} AS at) AS times;
            COMMIT;
        END LOOP;
    END
    $$
"""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is measured.

    Attributes:
        ceiling_url: Of the constant endpoint.
        tokens: Of several users.
    """

    stack: Stack
    ceiling_url: str
    tokens: tuple[str, ...]

    def get(self, query: str, *, anonymous: bool = False, connections: int = 64) -> Load:
        """Return the load that reads `/messages` followed by *query*."""
        tokens = () if anonymous else self.tokens
        return Load(url=f"{self.stack.base_url}/api/v1/messages{query}", tokens=tokens, connections=connections)

    def post(self, *, connections: int = 64, pause_ms: int = 0) -> Load:
        """Return the load that posts."""
        url = f"{self.stack.base_url}/api/v1/messages"
        return Load(
            url=url, method="POST", body=POST_BODY, tokens=self.tokens, connections=connections, pause_ms=pause_ms
        )

    def constant_rate(self, seconds: int) -> float:
        """Return the answers a second of the constant endpoint right now."""
        return wrk.run(Load(url=self.ceiling_url, tokens=self.tokens), seconds=seconds).rate

    def drain(self) -> float:
        """Return once every message is rendered and every event published, and how many seconds that took.

        Raises:
            LoadError: It took longer than `DRAIN_SECONDS`.
        """
        began = time.monotonic()
        while self.database(WAITING):
            if time.monotonic() - began > DRAIN_SECONDS:
                raise LoadError(f"Events still wait after {DRAIN_SECONDS:.0f} s.")
            time.sleep(LOOK_SECONDS)
        return time.monotonic() - began

    def database(self, statement: str) -> Any:
        """Run *statement* in the messages service's database; the first value of its answer, or None."""
        with closing(psycopg2.connect(self.stack.database_url("messages"))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None

    def fill(self, count: int) -> int:
        """Store *count* rendered messages of the last hours, as if they had come a hundred at a time; the newest id."""
        self.database(FILL.format(count=count))
        self.database("VACUUM ANALYZE")
        return int(self.database("SELECT max(id) FROM messages"))


@contextmanager
def subject() -> Iterator[Subject]:
    """Start everything, empty, for as long as the block lasts."""
    stack = Stack(HOMES / "bench", environment={"RATE_LIMITS_ENABLED": "false"}, fresh=True)
    with stack, ceiling(HOMES / "bench-ceiling") as ceiling_url:
        tokens = tuple(Person(stack.base_url).token for _ in range(USERS))
        yield Subject(stack=stack, ceiling_url=ceiling_url, tokens=tokens)
