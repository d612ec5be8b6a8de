"""The script of production makes what production reads."""

import base64
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from tests.kustomize import K8S, Document, build, name_of, of_kind
from tests.manifests.secret_keys import keys_read
from tests.pods.instructions import Laptop

SECRETS = "bash k8s/overlays/production/secrets.sh"
# Of the bucket, whose keys nobody here can make.
FROM_ELSEWHERE = {"backups"}


def held(documents: Iterable[Document]) -> dict[str, dict[str, str]]:
    return {
        name_of(each): {key: base64.b64decode(value).decode() for key, value in each["data"].items()}
        for each in of_kind(documents, "Secret")
    }


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


def test_operators_and_services_have_the_same_passwords(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path / "laptop")
    laptop.paste(SECRETS)
    secrets = held(laptop.told())
    for role in ("auth", "messages"):
        url = urlsplit(secrets[role]["database_url"])
        assert secrets[f"postgres-{role}"] == {"username": url.username, "password": url.password}
    for user, address in secrets["queues"].items():
        # From the namespace of another, by its whole name.
        assert address == secrets[user]["amqp_url"].replace("@rabbitmq:", "@rabbitmq.flack.svc.cluster.local:")


def test_what_was_deleted_is_made_anew_and_nothing_else(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path / "laptop")
    laptop.paste(SECRETS)
    before = held(laptop.told())
    laptop.paste(f"rm .flack/k8s/kept/database_messages; {SECRETS}")
    after = held(laptop.told())
    assert {name for name in before if before[name] != after[name]} == {"messages", "postgres-messages"}
