"""A process that cannot do its work from the start says why in one line and ends; what comes up late is waited for."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import make_url, text

from chassis.database import connect
from chassis.runner import REFUSED_STATUS
from tests.outages.processes import environment_of, is_listening, readiness, running
from tests.people import eventually
from tools.native import Stack
from tools.native.ports import PrivatePorts

Change = Callable[[str], str]
Case = tuple[str, str]

WRONG = "not-the-password"


@dataclass(frozen=True)
class Fault:
    """What is wrong with a setting, and what is said of it."""

    setting: str
    change: Change
    reason: str


def _with(**parts: Any) -> Change:
    return lambda url: make_url(url).set(**parts).render_as_string(hide_password=False)


FAULTS = {
    "a wrong database password": Fault("DATABASE_URL", _with(password=WRONG), "password authentication failed"),
    "no such database": Fault("DATABASE_URL", _with(database="nowhere"), 'database "nowhere" does not exist'),
    "no database listening": Fault("DATABASE_URL", _with(port=1), "Connection refused"),
    "no such database host": Fault("DATABASE_URL", _with(host="nowhere.invalid"), "could not translate host name"),
    "a wrong broker password": Fault("AMQP_URL", _with(password=WRONG), "ACCESS_REFUSED"),
    "no such virtual host": Fault("AMQP_URL", _with(database="nowhere"), "vhost nowhere not found"),
    "a secret without a file": Fault(
        "DATABASE_URL_FILE", lambda _url: "/nowhere/secret", "cannot read /nowhere/secret"
    ),
    "a secret that is no URL": Fault("DATABASE_URL", lambda _url: WRONG, "is not like postgresql://"),
}
CASES: list[Case] = [
    *((name, "a wrong database password") for name in ("auth", "messages", "messages consumer", "auth migrate")),
    *(("auth relay", fault) for fault in ("no such database", "no database listening", "no such database host")),
    *((name, "a wrong broker password") for name in ("messages", "push", "messages consumer", "auth relay")),
    ("renderer preview", "a wrong broker password"),
    ("renderer render", "no such virtual host"),
    *((name, "a secret without a file") for name in ("auth", "auth migrate")),
    ("auth relay", "a secret that is no URL"),
]


@pytest.fixture(scope="module")
def ports() -> PrivatePorts:
    return PrivatePorts()


@pytest.fixture(scope="module")
def ended(stack: Stack, ports: PrivatePorts) -> dict[Case, tuple[int, str]]:
    """How processes ended and what they said, by case; each tries for a while, and so all do at the same time."""
    with ExitStack() as all_of_them:
        started = {}
        for name, fault in CASES:
            environment = faulty_environment(name, FAULTS[fault], stack, ports)
            started[name, fault] = all_of_them.enter_context(running(name, environment))
        said = {case: process.communicate(timeout=120)[1] for case, process in started.items()}
        return {case: (process.returncode, said[case]) for case, process in started.items()}


def faulty_environment(name: str, fault: Fault, stack: Stack, ports: PrivatePorts) -> dict[str, str]:
    environment = environment_of(name, stack, ports)
    return {**environment, fault.setting: fault.change(environment.get(fault.setting, ""))}


def own_lines(said: str) -> list[dict[str, Any]]:
    """Return what a service logged; gunicorn has a word of its own about its worker."""
    lines = [json.loads(line) for line in said.splitlines()]
    return [line for line in lines if line["service"] != "gunicorn" and line["logger"] != "gunicorn.error"]


@pytest.mark.parametrize("case", CASES, ids=" with ".join)
def test_a_process_that_can_never_work_says_why_in_one_line_and_ends(
    ended: dict[Case, tuple[int, str]], case: Case
) -> None:
    status, said = ended[case]
    fault = FAULTS[case[1]]
    assert status == REFUSED_STATUS
    [line] = own_lines(said)
    assert line["level"] == "critical"
    assert fault.setting in line.get("setting", line["error"])
    assert fault.reason in line["error"]
    assert WRONG not in said


def test_it_says_where_it_tried_and_as_whom(ended: dict[Case, tuple[int, str]], stack: Stack) -> None:
    for case, url in {
        ("auth migrate", "a wrong database password"): make_url(stack.database_url("auth")),
        ("auth relay", "a wrong broker password"): make_url(stack.amqp_url("auth")),
    }.items():
        [line] = own_lines(ended[case][1])
        assert (line["host"], line["port"], line["user"]) == (url.host, url.port, url.username)


@pytest.mark.parametrize("name", ["auth", "auth relay"])
def test_a_database_that_comes_up_late_is_waited_for(stack: Stack, ports: PrivatePorts, name: str) -> None:
    environment = environment_of(name, stack, ports)
    database = stack.process("postgres")
    database.stop()
    with running(name, environment):
        assert eventually(lambda: is_listening(environment))
        database.start()
        assert eventually(lambda: readiness(environment) == 200)


def test_a_broker_that_is_away_keeps_nobody_from_starting(stack: Stack, ports: PrivatePorts) -> None:
    environment = environment_of("messages relay", stack, ports)
    broker = stack.process("rabbitmq")
    broker.stop()
    with running("messages relay", environment) as process:
        assert eventually(lambda: readiness(environment) == 503)
        broker.start()
        broker.wait_ready()
        assert eventually(lambda: readiness(environment) == 200)
        assert process.poll() is None


@pytest.fixture
def newer_schema(stack: Stack) -> Iterator[None]:
    """A database that a later version of auth has migrated already."""
    engine = connect(SecretStr(stack.database_url("auth")), name="test")
    with engine.begin() as connection:
        version = connection.scalar(text("SELECT version_num FROM alembic_version"))
        connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    yield
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    engine.dispose()


@pytest.mark.usefixtures("newer_schema")
def test_a_migration_that_fails_says_so_and_ends(stack: Stack, ports: PrivatePorts) -> None:
    with running("auth migrate", environment_of("auth migrate", stack, ports)) as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    [line] = own_lines(said)
    assert (line["level"], line["event"]) == ("critical", "migration_failed")
    assert "Can't locate revision" in str(line["exception"])
