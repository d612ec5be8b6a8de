"""The script of production makes what production reads."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.kustomize import K8S, Document, build, name_of, of_kind
from tests.manifests.secret_keys import keys_read
from tests.pods.instructions import Laptop

SECRETS = "bash k8s/overlays/production/secrets.sh"
# Of the bucket, whose keys nobody here can make.
FROM_ELSEWHERE = {"backups"}


def held(documents: Iterable[Document]) -> dict[str, dict[str, Any]]:
    return {name_of(each): each["data"] for each in of_kind(documents, "Secret")}


def test_it_makes_every_key_that_is_read_and_none_anew(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path / "laptop")
    laptop.paste(SECRETS)
    secrets = held(laptop.told())
    read = keys_read(build(K8S / "overlays" / "production"))
    assert {name: set(data) for name, data in secrets.items()} == {
        name: keys for name, keys in read.items() if name not in FROM_ELSEWHERE
    }
    laptop.paste(SECRETS)
    assert held(laptop.told()) == secrets


def test_what_was_deleted_is_made_anew_and_nothing_else(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path / "laptop")
    laptop.paste(SECRETS)
    before = held(laptop.told())
    laptop.paste(f"rm .flack/k8s/kept/database_messages; {SECRETS}")
    after = held(laptop.told())
    assert {name for name in before if before[name] != after[name]} == {"messages", "postgres-messages"}
