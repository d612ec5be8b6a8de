"""What is secret is made as the instructions say, and read from where it is."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.kustomize import Document, of_kind
from tests.manifests.secret_keys import keys_read, secrets_mounted
from tests.workloads import Workload
from vault import Vault
from vault.parts import give_out

# Which Secrets only operators read, and which keys of them.
OPERATORS_SECRETS = {
    "postgres-auth": {"username", "password"},
    "postgres-messages": {"username", "password"},
    "queues": {"messages", "renderer"},
    "backups": {"ACCESS_KEY_ID", "ACCESS_SECRET_KEY"},
}


@pytest.fixture
def made(tmp_path: Path) -> Mapping[str, set[str]]:
    """By name, the keys of the Secrets that are made of the vault's parts."""
    give_out(Vault(tmp_path / "kept"), tmp_path / "parts")
    return {part.name: {file.name for file in part.iterdir()} for part in (tmp_path / "parts").iterdir()}


def test_the_manifests_hold_none(documents: Sequence[Document]) -> None:
    assert not of_kind(documents, "Secret")


def test_every_key_that_is_read_is_made(documents: Sequence[Document], made: Mapping[str, set[str]]) -> None:
    for secret, keys in keys_read(documents).items():
        assert keys <= {**made, **OPERATORS_SECRETS}[secret], secret


def test_services_read_all_that_they_hold(
    documents: Sequence[Document], pods: Sequence[Workload], made: Mapping[str, set[str]]
) -> None:
    services = [each for each in pods if each.kind == "Deployment"]
    held = {secret for each in services for secret in secrets_mounted(each).values()}
    assert held == {"auth", "messages", "push", "renderer", "renderer-api"}
    for secret in held:
        assert made[secret] == keys_read(documents)[secret]


def test_operators_read_all_that_is_made_for_them(documents: Sequence[Document]) -> None:
    read = keys_read(documents)
    assert {secret: keys for secret, keys in OPERATORS_SECRETS.items() if secret in read} == {
        secret: keys for secret, keys in read.items() if secret in OPERATORS_SECRETS
    }
