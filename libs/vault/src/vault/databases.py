"""The databases of the services as SQL, for a PostgreSQL that runs it at its first start."""

from collections.abc import Mapping

DATABASE = """\
CREATE ROLE {name} LOGIN PASSWORD '{password}';
CREATE DATABASE {name} OWNER {name};
REVOKE ALL ON DATABASE {name} FROM PUBLIC;
"""
# The role with which a replica copies all of it.
REPLICATOR = "replicator"
REPLICATION = "CREATE ROLE {name} LOGIN REPLICATION PASSWORD '{password}';\n"


def databases(passwords: Mapping[str, str]) -> str:
    """Return what makes one database for each of *passwords*, owned by the role of its name; no other role gets in.

    The passwords must be URL-safe, as those of a vault are: they are not quoted.
    """
    return "".join(DATABASE.format(name=name, password=password) for name, password in passwords.items())


def replication(password: str) -> str:
    """Return what makes the role of replicas; *password* must be URL-safe too."""
    return REPLICATION.format(name=REPLICATOR, password=password)
