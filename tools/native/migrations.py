"""Bringing the databases up to date before anything uses them."""

import subprocess

from tools.native.errors import CommandFailedError
from tools.native.home import Home
from tools.native.logfile import open_log, tail_of
from tools.native.services import MIGRATED, ROOT, Services

MIGRATION_SECONDS = 60


def migrate(services: Services, home: Home) -> None:
    """Run every service's migrations, all at the same time.

    Raises:
        CommandFailedError: One failed; the end of its log is in the message.
    """
    running = {owner: _begin(services, owner, home) for owner in MIGRATED}
    for owner, child in running.items():
        if not _succeeds(child):
            log = home.logs / f"{owner}-migrate.log"
            raise CommandFailedError(f"The migrations of {owner} failed; the end of {log}:\n{tail_of(log)}")


def _succeeds(child: subprocess.Popen[bytes]) -> bool:
    try:
        return child.wait(MIGRATION_SECONDS) == 0
    except subprocess.TimeoutExpired:
        return False


def _begin(services: Services, owner: str, home: Home) -> subprocess.Popen[bytes]:
    command, environment = services.migration(owner)
    with open_log(home.logs / f"{owner}-migrate.log") as log:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
