"""A registration survives the death of any process at any moment: sent again, it succeeds, and its owner can log in.

The moments are held fast from the database: a lock lets a process come as far as that, and no further.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from uuid import uuid4

import psycopg2
import pytest
import requests
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - psycopg2 names its classes in lower case
from sqlalchemy import make_url

from tests.people import PASSWORD, eventually
from tools.native import Stack

SECONDS = 30
# The services' web processes have connections of their names, and so have their databases.
AT_TABLE = """
    SELECT 1 FROM pg_stat_activity
    WHERE datname = %(database)s AND application_name = %(database)s AND wait_event_type = 'Lock' AND query ~ %(table)s
"""
IN_COMMIT = """
    SELECT 1 FROM pg_stat_activity
    WHERE datname = %(database)s AND application_name = %(database)s AND wait_event = 'SyncRep' AND query = 'COMMIT'
"""
PROBE = "probe"
PROBE_WAITS = f"SELECT 1 FROM pg_stat_activity WHERE application_name = '{PROBE}' AND wait_event = 'SyncRep'"


@dataclass(frozen=True)
class Moment:
    """A moment of a registration.

    Attributes:
        database, table: Where nobody may write: there the registration stops.
        in_commit: Whether it stops a little later, when all is committed and nobody has been told so.
    """

    database: str
    table: str
    in_commit: bool = False


MOMENTS = {
    "before anything is written": Moment("messages", "users"),
    "while auth writes the credentials": Moment("auth", "credentials"),
    "after auth has committed and before it has answered": Moment("auth", "credentials", in_commit=True),
    "after auth has answered": Moment("messages", "outbox"),
    "after all is committed and before anybody was answered": Moment("messages", "outbox", in_commit=True),
}


DEATHS = [(name, "messages") for name in MOMENTS] + [(name, "auth") for name in list(MOMENTS)[:3]]


@pytest.mark.parametrize(("when", "victim"), DEATHS)
def test_the_same_again_succeeds(stack: Stack, base_url: str, when: str, victim: str) -> None:
    nickname, moment = f"r-{uuid4().hex[:12]}", MOMENTS[when]
    process, killed = stack.process(victim), threading.Event()
    with ThreadPoolExecutor(1) as pool, held(stack, moment) as is_reached:
        first = pool.submit(register_while_refused, base_url, nickname, killed)
        assert eventually(is_reached), "the registration did not come as far as this"
        process.kill()
        killed.set()
    assert first.result() != 201
    process.start()
    process.wait_ready()
    assert register(base_url, nickname) == 201
    assert log_in(base_url, nickname) == 200
    assert register(base_url, nickname) == 400, "it is one registration"


def test_whoever_has_another_password_does_not_get_what_is_owed(stack: Stack, base_url: str) -> None:
    nickname = f"r-{uuid4().hex[:12]}"
    messages = stack.process("messages")
    moment = MOMENTS["after all is committed and before anybody was answered"]
    with ThreadPoolExecutor(1) as pool, held(stack, moment) as is_reached:
        pool.submit(register, base_url, nickname)
        assert eventually(is_reached)
        messages.kill()
    messages.start()
    messages.wait_ready()
    assert register(base_url, nickname, password="another battery") == 400
    assert log_in(base_url, nickname) == 200
    assert register(base_url, nickname) == 201


@contextmanager
def held(stack: Stack, moment: Moment) -> Iterator[Callable[[], bool]]:
    """Let no registration come further than *moment*, and tell whether one has come as far."""
    with ExitStack() as undo:
        looking = undo.enter_context(administering(stack, moment.database))
        locking = undo.enter_context(administering(stack, moment.database))
        undo.callback(locking.execute, "ROLLBACK")
        locking.execute("BEGIN")
        locking.execute(f"LOCK TABLE {moment.table} IN SHARE MODE")

        def is_waiting(query: str) -> bool:
            return has_rows(looking, query, database=moment.database, table=moment.table)

        def is_reached() -> bool:
            if not is_waiting(AT_TABLE) or not moment.in_commit:
                return is_waiting(AT_TABLE)
            undo.enter_context(commits_unanswered(stack))
            locking.execute("ROLLBACK")
            return eventually(lambda: is_waiting(IN_COMMIT))

        yield is_reached


@contextmanager
def commits_unanswered(stack: Stack) -> Iterator[None]:
    """Have whoever commits wait for a standby that there is not: what they commit lasts, and they do not hear of it."""
    stopping = threading.Event()
    with administering(stack, "postgres") as cursor, ThreadPoolExecutor(1) as pool:
        try:
            wait_for_standby(cursor, "nobody")
            # The server takes its time to hear of it: a commit of ours is the first to wait.
            pool.submit(commit_again_and_again, stack, stopping)
            assert eventually(lambda: has_rows(cursor, PROBE_WAITS))
            yield
        finally:
            stopping.set()
            wait_for_standby(cursor, "")


def wait_for_standby(cursor: Cursor, name: str) -> None:
    cursor.execute("ALTER SYSTEM SET synchronous_standby_names = %s", (name,))
    cursor.execute("SELECT pg_reload_conf()")


def commit_again_and_again(stack: Stack, stopping: threading.Event) -> None:
    with administering(stack, "postgres", name=PROBE) as cursor:
        cursor.execute("SET synchronous_commit = on")
        while not stopping.is_set():
            cursor.execute("SELECT pg_current_xact_id()")


def has_rows(cursor: Cursor, query: str, **values: str) -> bool:
    cursor.execute(query, values)
    return cursor.fetchone() is not None


@contextmanager
def administering(stack: Stack, database: str, *, name: str = "test") -> Iterator[Cursor]:
    """Speak to *database* as somebody who may do everything, each statement for itself."""
    url = make_url(stack.database_url("postgres")).set(database=database)
    connection = psycopg2.connect(url.render_as_string(hide_password=False), application_name=name)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = local")  # those who look and those who end it do not wait for it
        yield cursor
    connection.close()


def register(base_url: str, nickname: str, *, password: str = PASSWORD) -> int:
    body = {"nickname": nickname, "password": password}
    return requests.post(f"{base_url}/api/v1/users", json=body, timeout=SECONDS).status_code


def register_while_refused(base_url: str, nickname: str, killed: threading.Event) -> int:
    """Register; auth does nothing for whoever has given up, and a busy machine may be late."""
    while (answer := register(base_url, nickname)) == 503 and not killed.is_set():
        pass
    return answer


def log_in(base_url: str, nickname: str) -> int:
    return requests.post(f"{base_url}/api/v1/tokens", auth=(nickname, PASSWORD), timeout=SECONDS).status_code
