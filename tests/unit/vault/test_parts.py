import json
import re
from pathlib import Path

import pytest

from vault import PERMISSIONS, Vault, definitions
from vault.parts import DATABASES, give_out

Parts = dict[str, dict[str, str]]


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "kept")


def given_out(vault: Vault, folder: Path) -> Parts:
    give_out(vault, folder)
    return {part.name: {file.name: file.read_text() for file in part.iterdir()} for part in folder.iterdir()}


@pytest.fixture
def parts(vault: Vault, tmp_path: Path) -> Parts:
    return given_out(vault, tmp_path / "parts")


def test_every_part_holds_what_its_container_needs_and_no_more(parts: Parts) -> None:
    assert {part: set(files) for part, files in parts.items()} == {
        "auth": {"amqp_url", "database_url", "service_credential", "key_encryption_key"},
        "messages": {"amqp_url", "database_url", "database_read_url", "service_credential"},
        "push": {"amqp_url", "service_credential"},
        "renderer": {"amqp_url"},
        "renderer-api": {"service_credential"},
        "postgres": {"superuser_password", "databases.sql", "replication.sql"},
        "postgres-replica": {"pgpass"},
        "rabbitmq": {"definitions.json"},
    }


def test_no_password_of_one_service_is_in_the_part_of_another(parts: Parts) -> None:
    passwords = {
        part: set(re.findall(r"://\w+:([^@]+)@", " ".join(parts[part].values())))
        for part in ("auth", "messages", "push", "renderer")
    }
    for part, own in passwords.items():
        others = " ".join(value for name in passwords if name != part for value in parts[name].values())
        assert own
        assert not [password for password in own if password in others]


def test_the_database_makes_the_roles_that_the_services_are_told(parts: Parts) -> None:
    for name in DATABASES:
        password = re.fullmatch(rf"postgresql://{name}:([\w-]+)@postgres:5432/{name}", parts[name]["database_url"])
        assert password
        assert f"CREATE ROLE {name} LOGIN PASSWORD '{password[1]}';" in parts["postgres"]["databases.sql"]


def test_the_replica_has_the_password_of_the_role_that_may_copy_everything(parts: Parts) -> None:
    password = re.fullmatch(r"postgres:5432:\*:replicator:([\w-]+)\n", parts["postgres-replica"]["pgpass"])
    assert password
    made = f"CREATE ROLE replicator LOGIN REPLICATION PASSWORD '{password[1]}';\n"
    assert parts["postgres"]["replication.sql"] == made


def test_lists_are_read_with_the_same_role_on_the_replica(parts: Parts) -> None:
    messages = parts["messages"]
    assert messages["database_read_url"] == messages["database_url"].replace("@postgres:", "@postgres-replica:")


def test_the_broker_knows_the_services_and_nobody_else(parts: Parts) -> None:
    users = json.loads(parts["rabbitmq"]["definitions.json"])["users"]
    assert {user["name"] for user in users} == set(PERMISSIONS)
    assert not any(user["tags"] for user in users)


def test_the_broker_is_given_no_password_that_could_be_read_back(parts: Parts, vault: Vault) -> None:
    assert vault.secret("amqp_push") not in parts["rabbitmq"]["definitions.json"]
    assert "guest" not in definitions({"push": "p"})


def test_a_second_time_gives_out_the_same_secrets(vault: Vault, parts: Parts, tmp_path: Path) -> None:
    again = given_out(vault, tmp_path / "parts")
    salted = {"rabbitmq"}
    assert {name: again[name] for name in again if name not in salted} == {
        name: parts[name] for name in parts if name not in salted
    }


def test_what_is_given_out_can_be_read_by_its_container_and_changed_by_nobody(parts: Parts, tmp_path: Path) -> None:
    modes = {file.stat().st_mode & 0o777 for part in parts for file in (tmp_path / "parts" / part).iterdir()}
    assert modes == {0o444}
