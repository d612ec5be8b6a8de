"""`docker compose` and `docker buildx` for the client that is found first."""

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.native.say import say
from tools.native.services import ROOT
from tools.standins import packages
from tools.standins.commands import answer_of, run
from tools.standins.errors import MissingPackageError
from tools.standins.mirror import KEYRING, debian_mirror

# Debian 12 has neither; those of Debian 13 are programs without any dependency.
RELEASE = "trixie"
COMPOSE_VERSION = (2, 26)
PACKAGED_PLUGINS = Path("usr/libexec/docker/cli-plugins")
FETCH_SECONDS = 120.0
ATTEMPTS = 3


def install_missing_plugins() -> None:
    """Put what is missing into the folder that every client of this user looks into first.

    Raises:
        StandInError: It could not be had.
    """
    missing = _missing()
    if not missing:
        return
    if not packages.is_debian():
        raise MissingPackageError(packages.advice_on(missing))
    say(f"Fetching {' and '.join(missing)} from Debian {RELEASE} ...")
    (ROOT / ".flack").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / ".flack") as folder:
        _fetch(missing, Path(folder))
        _unpack(Path(folder), client_folder())


def version_of(answer: str) -> tuple[int, int]:
    """Return major and minor version in what `docker compose version --short` says; (0, 0) if it says none."""
    found = re.search(r"(\d+)\.(\d+)", answer)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def client_folder() -> Path:
    """Return the folder of this user's plugins."""
    return Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker") / "cli-plugins"


def _missing() -> list[str]:
    compose = answer_of("docker", "compose", "version", "--short") or ""
    buildx = answer_of("docker", "buildx", "version")
    return [
        package
        for package, is_there in (
            ("docker-compose", version_of(compose) >= COMPOSE_VERSION),
            ("docker-buildx", buildx is not None),
        )
        if not is_there
    ]


def _fetch(missing: Sequence[str], folder: Path) -> None:
    # A configuration of its own: the machine's lists and packages stay as they are. apt checks the signatures.
    for needed in ("etc/apt", "var/lib/apt/lists/partial", "var/cache/apt/archives/partial"):
        (folder / needed).mkdir(parents=True)
    source = f"deb [signed-by={KEYRING}] {debian_mirror()} {RELEASE} main\n"
    (folder / "etc/apt/sources.list").write_text(source, encoding="ascii")
    (folder / "status").touch()
    apt = ("apt-get", "-o", f"Dir={folder}", "-o", f"Dir::State::status={folder / 'status'}")
    run(*apt, "update", seconds=FETCH_SECONDS, attempts=ATTEMPTS)
    run(*apt, "download", *missing, seconds=FETCH_SECONDS, attempts=ATTEMPTS, folder=folder)


def _unpack(folder: Path, plugins: Path) -> None:
    plugins.mkdir(parents=True, exist_ok=True)
    for package in folder.glob("*.deb"):
        run("dpkg", "--extract", package, folder, seconds=FETCH_SECONDS)
    for program in (folder / PACKAGED_PLUGINS).iterdir():
        # Through a copy beside it: the temporary folder may be on another file system.
        run("install", "-m", "755", program, plugins / program.name, seconds=FETCH_SECONDS)
