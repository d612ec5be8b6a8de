"""What a service cannot start without is named in one line; once it is mended, the service is well without help."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.docker import docker
from tests.people import Person, eventually
from tests.project import Project

# Services try for a while before they end, and the pauses between their starts double, up to a minute.
COMPLAINS_SECONDS = 90
MENDED_SECONDS = 120
REFUSED_STATUS = "4"
WITH_DATABASE = ("auth", "auth-relay", "messages", "messages-relay", "messages-consumer")

pytestmark = pytest.mark.timeout(COMPLAINS_SECONDS + MENDED_SECONDS + 60)


def complaints(project: Project, service: str) -> list[str]:
    """Return the lines of *service* that were critical."""
    return [line for line in project.logs(service).splitlines() if '"level": "critical"' in line]


def statuses(project: Project, service: str, since: float) -> set[str]:
    """Return the statuses that containers of *service* have ended with after *since*."""
    labels = {"project": project.name, "service": service}
    filters = [f"--filter=label=com.docker.compose.{label}={value}" for label, value in labels.items()]
    period = (f"--since={since}", f"--until={time.time()}")
    ended = docker("events", *period, *filters, "--filter=event=die", "--format={{json .}}", environment=os.environ)
    return {json.loads(line)["Actor"]["Attributes"]["exitCode"] for line in ended.splitlines()}


def all_complain(project: Project, *services: str, words: tuple[str, ...]) -> bool:
    """Start *services* anew; wait until each has named *words* in one line, and has ended."""
    began_at = time.time()
    before = {service: len(complaints(project, service)) for service in services}

    def has_complained(service: str) -> bool:
        lines = complaints(project, service)[before[service] :]
        return any(all(word in line for word in words) for line in lines)

    # The engine remembers only so many events, and services end again and again.
    ended: set[str] = set()

    def has_ended(service: str) -> bool:
        if REFUSED_STATUS in statuses(project, service, began_at):
            ended.add(service)
        return service in ended

    for service in services:
        project.kill(service)
    return eventually(
        lambda: all(has_ended(service) and has_complained(service) for service in services), seconds=COMPLAINS_SECONDS
    )


@contextmanager
def mended_afterwards(project: Project, mend: Callable[[], object]) -> Iterator[None]:
    """Mend, and wait until everything is well by itself."""
    try:
        yield
    finally:
        mend()
        project.wait_healthy(seconds=MENDED_SECONDS)


def kept(project: Project, name: str) -> str:
    """Return one of the deployment's secrets."""
    return project.run("secrets", "cat", f"/vault/kept/{name}").strip()


def set_database_password(project: Project, role: str, password: str) -> None:
    statement = f"ALTER ROLE {role} PASSWORD '{password}'"
    project.exec("postgres", "psql", "--username=postgres", "--quiet", f"--command={statement}")


def test_a_missing_secret(project: Project, ann: Person) -> None:
    with mended_afterwards(project, lambda: project.run("secrets")):
        project.run("secrets", "rm", "--force", "/vault/parts/renderer/amqp_url")
        words = ("AMQP_URL_FILE", "/run/secrets/amqp_url", "No such file")
        assert all_complain(project, "renderer", words=words)
    posted = ann.post("*back*")
    assert eventually(lambda: ann.read(posted["id"])["status"] == "rendered")


def test_an_unreachable_database(project: Project, ann: Person) -> None:
    with mended_afterwards(project, lambda: project.start("postgres")):
        project.stop("postgres")
        assert all_complain(project, *WITH_DATABASE, words=("DATABASE_URL", '"host": "postgres"'))
    assert ann.call("POST", "/messages", json={"source": "back"}).status_code == 202


def test_a_wrong_password_of_the_database(project: Project) -> None:
    password = kept(project, "database_messages")
    with mended_afterwards(project, lambda: set_database_password(project, "messages", password)):
        set_database_password(project, "messages", "another")
        words = ("DATABASE_URL", 'password authentication failed for user \\"messages\\"')
        assert all_complain(project, "messages", "messages-consumer", words=words)
        assert password not in project.logs("messages") + project.logs("messages-consumer")


def test_a_wrong_password_of_the_broker(project: Project) -> None:
    password = kept(project, "amqp_push")

    def set_password(new: str) -> None:
        project.exec("rabbitmq", "rabbitmqctl", "--quiet", "change_password", "push", new)

    with mended_afterwards(project, lambda: set_password(password)):
        set_password("another")
        assert all_complain(project, "push", words=("AMQP_URL", '"user": "push"', "ACCESS_REFUSED"))
        assert password not in project.logs("push")
