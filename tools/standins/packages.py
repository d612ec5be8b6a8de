"""Debian's packages, for this machine."""

import os
import platform
from collections.abc import Sequence

from tools.native.quiet_packages import services_kept_quiet
from tools.native.say import say
from tools.standins.commands import run
from tools.standins.errors import MissingPackageError

UPDATE_SECONDS = 120.0
INSTALL_SECONDS = 600.0
ATTEMPTS = 3


def install(packages: Sequence[str]) -> None:
    """Install *packages*, and start no service of theirs.

    Raises:
        MissingPackageError: Nothing can be installed from here.
        CommandFailedError: apt failed.
    """
    if not (is_debian() and os.geteuid() == 0):
        raise MissingPackageError(advice_on(packages))
    say(f"Installing {', '.join(packages)} ...")
    with services_kept_quiet((), packages):
        update()
        _apt("install", "--yes", "--no-install-recommends", *packages, seconds=INSTALL_SECONDS)


def update() -> None:
    """Fetch the lists of packages.

    Raises:
        CommandFailedError: apt failed.
    """
    _apt("update", seconds=UPDATE_SECONDS)


def advice_on(packages: Sequence[str]) -> str:
    """Return one line that tells somebody how to get *packages*."""
    names = " ".join(packages)
    if is_debian():
        return f"Missing: {names}. Install it as root: apt-get install {names}"
    return f"Missing: {names} (as Debian calls it). Please install it and try again."


def is_debian() -> bool:
    """Return whether this machine has Debian's packages, and not those of a derivative."""
    try:
        return platform.freedesktop_os_release()["ID"] == "debian"
    except OSError:
        return False


def _apt(*words: str, seconds: float) -> None:
    run(
        "apt-get",
        "--quiet",
        "-o=DPkg::Lock::Timeout=60",
        "-o=Dpkg::Options::=--force-confold",
        *words,
        seconds=seconds,
        attempts=ATTEMPTS,
        environment={"DEBIAN_FRONTEND": "noninteractive"},
        may_be_broken_off=False,
    )
