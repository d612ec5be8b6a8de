"""Where the programs that are not Python packages are on this machine."""

import os
import shutil
import subprocess
from pathlib import Path

# Debian keeps servers out of an ordinary user's PATH.
SERVER_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")
POSTGRES_VERSIONS = Path("/usr/lib/postgresql")
# Not the wrapper in PATH: it insists on the system's own user and folders.
RABBITMQ_SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


def find(name: str) -> Path | None:
    """Return the program called *name*, or None."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *SERVER_FOLDERS))
    found = shutil.which(name, path=path)
    return Path(found) if found else None


def find_postgres(version: str | None = None) -> Path | None:
    """Return the folder of PostgreSQL's programs, or None.

    Args:
        version: The major version that a data folder needs; by default the newest.
    """
    for folder in _postgres_folders():
        if (folder / "initdb").exists() and (version is None or version in (folder.parent.name, _version_of(folder))):
            return folder
    return None


def find_rabbitmq() -> Path | None:
    """Return the program that runs a broker in the foreground, or None."""
    return RABBITMQ_SERVER if RABBITMQ_SERVER.exists() else find("rabbitmq-server")


def _postgres_folders() -> list[Path]:
    packaged = [folder for folder in POSTGRES_VERSIONS.glob("*/bin") if folder.parent.name.isdigit()]
    packaged.sort(key=lambda folder: int(folder.parent.name), reverse=True)
    elsewhere = find("postgres")
    return [*packaged, elsewhere.resolve().parent] if elsewhere else packaged


def _version_of(folder: Path) -> str:
    # The answer is like `postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)`.
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    return answer.partition(") ")[2].partition(".")[0]
