"""Which container gets which secret.

Every part is a folder of its own, so that a container can be given one and see no other.
"""

from collections.abc import Mapping
from pathlib import Path

from vault.databases import REPLICATOR, databases, replication
from vault.definitions import PERMISSIONS, definitions
from vault.kept import Vault

# Where containers find PostgreSQL, its replica if there is one, and RabbitMQ.
DATABASE_HOST = "postgres"
REPLICA_HOST = "postgres-replica"
BROKER_HOST = "rabbitmq"

DATABASES = ("auth", "messages")
READ_ON_REPLICA = "messages"
CALLERS_AND_CALLED = ("auth", "messages", "push")

# Each part is seen by one container only, whose user is not this one.
PART_MODE = 0o444


def give_out(vault: Vault, folder: Path) -> None:
    """Write every part below *folder*; what a part has already is written anew, with the same secrets."""
    for name, secrets in _parts(vault).items():
        part = Vault(folder / name, file_mode=PART_MODE, folder_mode=0o755)
        for file, value in secrets.items():
            part.put(file, value)


def _parts(vault: Vault) -> Mapping[str, Mapping[str, str]]:
    brokers = {user: vault.secret(f"amqp_{user}") for user in PERMISSIONS}
    owners = {owner: vault.secret(f"database_{owner}") for owner in DATABASES}
    replicator = vault.secret(f"database_{REPLICATOR}")
    services: dict[str, dict[str, str]] = {
        user: {"amqp_url": f"amqp://{user}:{password}@{BROKER_HOST}:5672/%2F"} for user, password in brokers.items()
    }
    for owner, password in owners.items():
        services[owner]["database_url"] = _database_url(owner, password, DATABASE_HOST)
    services[READ_ON_REPLICA]["database_read_url"] = _database_url(
        READ_ON_REPLICA, owners[READ_ON_REPLICA], REPLICA_HOST
    )
    for name in CALLERS_AND_CALLED:
        services[name]["service_credential"] = vault.secret("service_credential")
    # Apart from that of the other renderers, of which one meets strangers.
    services["renderer-api"] = {"service_credential": vault.secret("service_credential")}
    services["auth"]["key_encryption_key"] = vault.secret("key_encryption_key")
    return services | {
        "postgres": {
            "superuser_password": vault.secret("database_postgres"),
            "databases.sql": databases(owners),
            "replication.sql": replication(replicator),
        },
        "postgres-replica": {"pgpass": f"{DATABASE_HOST}:5432:*:{REPLICATOR}:{replicator}\n"},
        "rabbitmq": {"definitions.json": definitions(brokers)},
    }


def _database_url(owner: str, password: str, host: str) -> str:
    return f"postgresql://{owner}:{password}@{host}:5432/{owner}"
