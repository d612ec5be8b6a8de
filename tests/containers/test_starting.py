"""What a service cannot start without is named in one line; once it is mended, the service is well without help."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.people import Person, eventually
from tests.project import Project

# The pauses between tries double, up to a minute.
MENDED_SECONDS = 90
COMPLAINS_SECONDS = 60
WITH_DATABASE = ("auth", "auth-relay", "messages", "messages-relay", "messages-consumer")

Complaint = dict[str, Any]


def complaints(project: Project, service: str) -> list[Complaint]:
    """Return what *service* has said that was critical."""
    lines = [line[line.index("{") :] for line in project.logs(service).splitlines() if '"level": "critical"' in line]
    return [json.loads(line) for line in lines]


def has_failed(project: Project, service: str) -> bool:
    """Whether a container of *service* has ended by itself with a status that says so, and is to be started again."""
    states = [container.inspected["State"] for container in project.containers(service)]
    return any(state["Status"] == "restarting" and state["ExitCode"] != 0 for state in states)


def complains(project: Project, service: str, *words: str) -> bool:
    """Wait until *service* has failed, naming *words* in one line."""
    before = len(complaints(project, service))

    def is_so() -> bool:
        said = [json.dumps(complaint) for complaint in complaints(project, service)[before:]]
        return any(all(word in line for word in words) for line in said)

    project.kill(service)
    return eventually(is_so, seconds=COMPLAINS_SECONDS) and eventually(
        lambda: has_failed(project, service), seconds=COMPLAINS_SECONDS
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
        assert complains(project, "renderer", "AMQP_URL_FILE", "/run/secrets/amqp_url", "No such file")
    posted = ann.post("*back*")
    assert eventually(lambda: ann.read(posted["id"])["status"] == "rendered")


def test_an_unreachable_database(project: Project, ann: Person) -> None:
    with mended_afterwards(project, lambda: project.start("postgres")):
        project.stop("postgres")
        for service in WITH_DATABASE:
            assert complains(project, service, "DATABASE_URL", '"host": "postgres"')
    assert ann.call("POST", "/messages", json={"source": "back"}).status_code == 202


def test_a_wrong_password_of_the_database(project: Project) -> None:
    password = kept(project, "database_messages")
    with mended_afterwards(project, lambda: set_database_password(project, "messages", password)):
        set_database_password(project, "messages", "another")
        for service in ("messages", "messages-consumer"):
            assert complains(project, service, "DATABASE_URL", 'password authentication failed for user \\"messages\\"')
            assert password not in project.logs(service)


def test_a_wrong_password_of_the_broker(project: Project) -> None:
    password = kept(project, "amqp_push")

    def set_password(new: str) -> None:
        project.exec("rabbitmq", "rabbitmqctl", "--quiet", "change_password", "push", new)

    with mended_afterwards(project, lambda: set_password(password)):
        set_password("another")
        assert complains(project, "push", "AMQP_URL", '"user": "push"', "ACCESS_REFUSED")
        assert password not in project.logs("push")
