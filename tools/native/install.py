"""Installing what is missing, with the system's package manager, without starting any of it."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from tools.native.errors import CommandFailedError, MissingProgramError
from tools.native.logfile import open_log, tail_of
from tools.native.programs import find, find_postgres, find_rabbitmq
from tools.native.quiet_packages import services_kept_quiet
from tools.native.say import say
from tools.native.services import ROOT

LOG = ROOT / ".flack" / "install.log"


@dataclass(frozen=True, kw_only=True)
class Need:
    """A program that must be there.

    Attributes:
        title: What people call it.
        package: Debian's package.
        is_met: Whether it is there.
        is_essential: Whether nothing works without it.
    """

    title: str
    package: str
    is_met: bool
    is_essential: bool = True


def install_missing(*, with_browser: bool = False, with_compiler: bool = False, with_load: bool = False) -> None:
    """Install what is missing.

    Args:
        with_browser: Whether a browser is needed too, for the tests of the page.
        with_compiler: Whether a C compiler is needed too, for the tests of the benchmarks.
        with_load: Whether what makes load is needed too, for the benchmarks.

    Raises:
        MissingProgramError: Something is missing, and nothing can be installed from here.
        CommandFailedError: The package manager failed.
    """
    needs = _needs(with_browser=with_browser, with_compiler=with_compiler or with_load, with_load=with_load)
    missing = [need for need in needs if not need.is_met]
    if not missing:
        return
    as_root = _as_root()
    if find("apt-get") and as_root is not None:
        say(f"Installing {', '.join(need.title for need in missing)} ...")
        _install([need.package for need in missing], as_root)
    elif essential := [need for need in missing if need.is_essential]:
        raise MissingProgramError(_advice(essential))


def _advice(missing: Sequence[Need]) -> str:
    titles = ", ".join(need.title for need in missing)
    if not find("apt-get"):
        return f"Missing: {titles}. Please install what is missing and try again."
    return f"Missing: {titles}. Install with: apt-get install {' '.join(need.package for need in missing)}"


def _install(packages: Sequence[str], as_root: Sequence[str]) -> None:
    with services_kept_quiet(as_root, packages):
        _apt(as_root, "update")
        _apt(as_root, "install", "--no-install-recommends", "--yes", "-o", "Dpkg::Options::=--force-confold", *packages)


def _needs(*, with_browser: bool, with_compiler: bool, with_load: bool) -> list[Need]:
    browser = find("chromium") or find("chromium-browser") or find("google-chrome")
    return [
        Need(title="PostgreSQL", package="postgresql", is_met=find_postgres() is not None),
        Need(title="RabbitMQ", package="rabbitmq-server", is_met=find_rabbitmq() is not None),
        Need(title="nginx", package="nginx", is_met=find("nginx") is not None),
        Need(title="npm", package="npm", is_met=find("npm") is not None, is_essential=with_browser or with_load),
        Need(title="Chromium", package="chromium", is_met=not with_browser or browser is not None),
        Need(title="gcc", package="build-essential", is_met=not with_compiler or find("gcc") is not None),
        Need(title="wrk", package="wrk", is_met=not with_load or find("wrk") is not None),
    ]


def _as_root() -> list[str] | None:
    """Return the words before a command that make it run as root, or None if that needs a password."""
    if os.geteuid() == 0:
        return []
    if find("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n"]
    return None


def _apt(as_root: Sequence[str], *words: str) -> None:
    command = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", *words]
    # In a session of its own, and waited for even when this process is asked to stop: a package manager that is
    # interrupted leaves a machine on which nothing can be installed any more.
    with (
        open_log(LOG) as log,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        ) as child,
    ):
        status = child.wait()
    if status:
        raise CommandFailedError(f"apt-get {words[0]} failed; the end of {LOG}:\n{tail_of(LOG)}")
