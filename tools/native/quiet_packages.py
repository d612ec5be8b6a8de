"""Keeping freshly installed servers from starting: we run our own, and the machine is not ours to change."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

# Debian asks this program before a package starts a service; 101 means no.
POLICY = Path("/usr/sbin/policy-rc.d")
POLICY_TEXT = "#!/bin/sh\n# Placed by Flack while it installs packages.\nexit 101\n"

# Read by PostgreSQL's package when it is installed.
CLUSTER_SETTINGS = Path("/etc/postgresql-common/createcluster.conf")
CLUSTER_SETTINGS_TEXT = "create_main_cluster = false\n"

SERVICES = frozenset({"postgresql", "rabbitmq-server", "nginx"})


@contextmanager
def services_kept_quiet(as_root: Sequence[str], packages: Sequence[str]) -> Iterator[None]:
    """Let nothing start while *packages* are being installed, nor when the machine boots the next time."""
    # One of ours may be left from an installation that was killed.
    had_policy = POLICY.exists() and POLICY.read_text(encoding="utf-8") != POLICY_TEXT
    if not had_policy:
        _write(as_root, POLICY, POLICY_TEXT, mode="755")
    if not CLUSTER_SETTINGS.exists():
        _write(as_root, CLUSTER_SETTINGS, CLUSTER_SETTINGS_TEXT, mode="644")
    try:
        yield
        _disable(as_root, sorted(SERVICES.intersection(packages)))
    finally:
        if not had_policy:
            subprocess.run([*as_root, "rm", "-f", POLICY], check=False)


def _write(as_root: Sequence[str], path: Path, text: str, *, mode: str) -> None:
    command = [*as_root, "install", "-D", "-m", mode, "/dev/stdin", str(path)]
    subprocess.run(command, input=text, text=True, check=True)


def _disable(as_root: Sequence[str], services: Sequence[str]) -> None:
    # A machine without systemd starts nothing that it is not told to.
    if services and Path("/run/systemd/system").is_dir():
        subprocess.run([*as_root, "systemctl", "disable", "--quiet", *services], capture_output=True, check=False)
