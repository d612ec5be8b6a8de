"""What a container may do is no more than its work needs."""

import json
import re

import pytest

from tests.containers.conftest import REPLICA
from tests.docker import Container, DockerError
from tests.project import SERVICES, Project
from vault import PERMISSIONS
from vault.parts import DATABASES

RUNNING = (*SERVICES, REPLICA)
JOBS = ("secrets", "auth-migrate", "messages-migrate")
PARTS = {
    "auth": {"amqp_url", "database_url", "service_credential", "key_encryption_key"},
    "messages": {"amqp_url", "database_url", "database_read_url", "service_credential"},
    "push": {"amqp_url", "service_credential"},
    "renderer": {"amqp_url"},
    "renderer-preview": {"amqp_url"},
    "renderer-api": {"service_credential"},
    "postgres": {"superuser_password", "databases.sql", "replication.sql"},
    "postgres-replica": {"pgpass"},
    "rabbitmq": {"definitions.json"},
}
# Who may speak with whom; the gateway never with what holds the data.
UNREACHABLE = [
    ("gateway", "postgres"),
    ("gateway", "postgres-replica"),
    ("gateway", "rabbitmq"),
    ("gateway", "renderer"),
    ("renderer-preview", "postgres"),
    ("renderer-preview", "messages"),
    ("renderer-preview", "renderer"),
    ("renderer-preview", "renderer-api"),
    ("renderer-api", "postgres"),
    ("renderer-api", "rabbitmq"),
    ("renderer-api", "auth"),
    ("gateway", "renderer-api"),
    ("push", "renderer-api"),
    ("push", "postgres"),
]
REACHABLE = [
    ("gateway", "messages"),
    ("messages", "postgres"),
    ("messages", "postgres-replica"),
    ("messages", "renderer-api"),
    ("messages-consumer", "gateway"),
    ("push", "rabbitmq"),
    ("renderer", "rabbitmq"),
    ("renderer-preview", "rabbitmq"),
]

pytestmark = pytest.mark.usefixtures("replica")


@pytest.fixture(params=[*RUNNING, *JOBS])
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def containers(project: Project, service: str) -> list[Container]:
    found = project.containers(service)
    assert found
    return found


@pytest.fixture(scope="module")
def secrets(project: Project) -> list[str]:
    """All passwords, and the line of the key that matters."""
    lines = project.run("secrets", "sh", "-c", "for one in /vault/kept/*; do cat $one; echo; done").splitlines()
    return [line for line in lines if line and "-----" not in line]


def test_nobody_is_root(containers: list[Container]) -> None:
    for container in containers:
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", container.inspected["Config"]["User"])


def test_the_root_is_read_only(containers: list[Container]) -> None:
    for container in containers:
        assert container.inspected["HostConfig"]["ReadonlyRootfs"] is True


def test_no_capability_is_left_and_none_can_be_gained(containers: list[Container]) -> None:
    for container in containers:
        host = container.inspected["HostConfig"]
        assert host["CapDrop"] == ["ALL"]
        assert not host["CapAdd"]
        assert host["Privileged"] is False
        assert "no-new-privileges:true" in host["SecurityOpt"]


def test_memory_processes_files_and_logs_are_bounded(containers: list[Container]) -> None:
    for container in containers:
        host = container.inspected["HostConfig"]
        assert 0 < host["Memory"] <= 2**30
        assert 0 < host["PidsLimit"] <= 500
        assert [limit["Name"] for limit in host["Ulimits"]] == ["nofile"]
        assert {"max-size", "max-file"} <= set(host["LogConfig"]["Config"])


def test_only_the_gateway_is_published_and_only_to_this_machine(containers: list[Container], service: str) -> None:
    published = [
        (service, binding["HostIp"])
        for container in containers
        for bindings in container.inspected["HostConfig"]["PortBindings"].values()
        for binding in bindings
    ]
    assert published == ([("gateway", "127.0.0.1")] if service == "gateway" else [])


def test_no_secret_is_in_the_environment_or_on_the_command_line(
    containers: list[Container], secrets: list[str]
) -> None:
    assert len(secrets) == len(set(secrets)) >= len(PERMISSIONS) + len(DATABASES)
    for container in containers:
        shown = json.dumps([container.inspected["Config"], container.inspected["Args"]])
        assert not [secret for secret in secrets if secret in shown]


@pytest.mark.parametrize("service", RUNNING)
def test_a_running_process_is_nobody_special_and_cannot_write(project: Project, service: str) -> None:
    status = project.exec(service, "cat", "/proc/1/status")
    assert not re.search(r"^(Uid|Gid):.*\t0\b", status, re.MULTILINE)
    assert re.search(r"^CapBnd:\t0+$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\t1$", status, re.MULTILINE)
    with pytest.raises(DockerError, match="Read-only file system"):
        project.exec(service, "touch", "/etc/mine")


@pytest.mark.parametrize("service", PARTS)
def test_each_sees_its_own_part_of_the_secrets(project: Project, service: str) -> None:
    assert set(project.exec(service, "ls", "/run/secrets").split()) == PARTS[service]
    with pytest.raises(DockerError, match="Read-only file system"):
        project.exec(service, "touch", "/run/secrets/mine")


@pytest.mark.parametrize(("service", "other"), UNREACHABLE)
def test_nobody_reaches_what_it_does_not_need(project: Project, service: str, other: str) -> None:
    with pytest.raises(DockerError, match="ended with 2"):
        project.exec(service, "getent", "hosts", other)


@pytest.mark.parametrize(("service", "other"), REACHABLE)
def test_everybody_reaches_what_it_needs(project: Project, service: str, other: str) -> None:
    assert other in project.exec(service, "getent", "hosts", other)


def test_nothing_reaches_out_but_the_gateway_and_what_looks_at_links(project: Project) -> None:
    networks = json.loads(project.compose("config", "--format", "json"))["networks"]
    assert {name for name, network in networks.items() if not network.get("internal")} == {"edge", "outside"}
    attached = {
        service: {name.removeprefix(f"{project.name}_") for name in one.inspected["NetworkSettings"]["Networks"]}
        for service in RUNNING
        for one in project.containers(service)
    }
    assert {service for service, names in attached.items() if "edge" in names} == {"gateway"}
    assert {service for service, names in attached.items() if "outside" in names} == {"renderer-preview"}


def test_the_broker_knows_the_services_only(project: Project) -> None:
    users = json.loads(project.exec("rabbitmq", "rabbitmqctl", "--quiet", "--formatter=json", "list_users"))
    assert {user["user"] for user in users} == {"auth", "messages", "push", "renderer"}


def test_nothing_deprecated_of_the_broker_is_used(project: Project) -> None:
    said = project.exec("rabbitmq", "rabbitmq-diagnostics", "check_if_any_deprecated_features_are_used")
    assert "no deprecated features in use" in said
