"""Which container gets which secret.

Every part is a folder of its own, so that a container can be given one and see no other.
"""

from collections.abc import Mapping
from pathlib import Path

from vault.databases import databases
from vault.definitions import PERMISSIONS, definitions
from vault.kept import Vault

# Where containers find PostgreSQL and RabbitMQ.
DATABASE_HOST = "postgres"
BROKER_HOST = "rabbitmq"

DATABASES = ("auth", "messages")
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
    services: dict[str, dict[str, str]] = {
        user: {"amqp_url": f"amqp://{user}:{password}@{BROKER_HOST}:5672/%2F"} for user, password in brokers.items()
    }
    for owner, password in owners.items():
        services[owner]["database_url"] = f"postgresql://{owner}:{password}@{DATABASE_HOST}:5432/{owner}"
    for name in CALLERS_AND_CALLED:
        services[name]["service_credential"] = vault.secret("service_credential")
    services["auth"]["signing_key"] = vault.signing_key_file().read_text(encoding="ascii")
    return services | {
        "postgres": {"superuser_password": vault.secret("database_postgres"), "databases.sql": databases(owners)},
        "rabbitmq": {"definitions.json": definitions(brokers)},
    }
