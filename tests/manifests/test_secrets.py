"""What is secret is made as the instructions say, and read from where it is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from tests.kustomize import K8S, Document, name_of, of_kind
from tests.workloads import Container, Workload, environment, volumes_of
from vault import Vault
from vault.parts import give_out

RUNBOOK = K8S / "overlays" / "production" / "README.md"
# For the operators, beside those of the vault.
OPERATORS_SECRETS = {
    "postgres-auth": {"username", "password"},
    "postgres-messages": {"username", "password"},
    "queues": {"messages", "renderer"},
    "backups": {"ACCESS_KEY_ID", "ACCESS_SECRET_KEY"},
}
THEIR_RESOURCES = ("TriggerAuthentication", "Cluster", "ObjectStore", "RabbitmqCluster")

Keys = Mapping[str, set[str]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """By name, the keys of the Secrets that are made of the vault's parts."""
    folder = tmp_path_factory.mktemp("vault")
    give_out(Vault(folder / "kept"), folder / "parts")
    return {part.name: {file.name for file in part.iterdir()} for part in (folder / "parts").iterdir()}


def test_the_manifests_hold_none(documents: Sequence[Document]) -> None:
    assert not of_kind(documents, "Secret")


def test_every_key_that_is_mounted_is_made(pods: Sequence[Workload], made: Keys) -> None:
    for workload in pods:
        for secret in (volume["secret"] for volume in workload.pod["volumes"] if "secret" in volume):
            assert {item["key"] for item in secret.get("items", [])} <= made[secret["secretName"]], workload


def test_every_file_that_a_variable_names_is_mounted(
    documents: Sequence[Document], pods: Sequence[Workload], made: Keys
) -> None:
    for workload in pods:
        for container in workload.all_containers:
            given = environment(container, documents).items()
            paths = {value for name, value in given if name.endswith("_FILE")}
            assert paths <= set(secret_files(workload, container, made)), workload


def test_no_service_has_a_secret_that_it_does_not_read(
    documents: Sequence[Document], pods: Sequence[Workload], made: Keys
) -> None:
    ours = [(each, container) for each in pods if each.kind != "StatefulSet" for container in each.all_containers]
    for secret in {name for workload, _ in ours for name in secrets_of(workload)}:
        sharing = [(each, container) for each, container in ours if secret in secrets_of(each)]
        held = {path for each, container in sharing for path in secret_files(each, container, made)}
        read = {path for _, container in sharing for path in environment(container, documents).values()}
        assert held <= read, secret


def secrets_of(workload: Workload) -> set[str]:
    return {volume["secret"]["secretName"] for volume in workload.pod["volumes"] if "secret" in volume}


def secret_files(workload: Workload, container: Container, made: Keys) -> Iterator[str]:
    for mount in container["volumeMounts"]:
        volume = volumes_of(workload)[mount["name"]]
        if "secret" in volume:
            for key in made[volume["secret"]["secretName"]]:
                yield f"{mount['mountPath']}/{key}"


def test_every_key_that_an_operator_reads_is_made(documents: Sequence[Document], made: Keys) -> None:
    for resource in of_kind(documents, *THEIR_RESOURCES):
        for secret, key in keys_in(resource["spec"]):
            assert key in {**made, **OPERATORS_SECRETS}[secret], name_of(resource)


def keys_in(value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case {"name": str(secret), "key": str(key)}:
            yield secret, key
        case dict():
            for each in value.values():
                yield from keys_in(each)
        case list():
            for each in value:
                yield from keys_in(each)


def test_the_runbook_makes_those_of_the_operators() -> None:
    runbook = RUNBOOK.read_text(encoding="utf-8").replace("postgres-$role", "postgres-auth postgres-messages")
    for secret, keys in OPERATORS_SECRETS.items():
        assert secret in runbook
        assert not [key for key in keys if f"={key}=" not in runbook], secret
