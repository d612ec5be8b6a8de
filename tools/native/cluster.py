"""Making PostgreSQL's data folder, once."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tools.native.environment import child_environment
from tools.native.errors import CommandFailedError, MissingProgramError
from tools.native.other_user import give
from tools.native.programs import find_postgres

# The same order and case rules on every machine, with all of Unicode.
INITDB_OPTIONS = ("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8")


def programs_for(data: Path) -> Path:
    """Return the folder of the PostgreSQL programs that can work with *data*, which need not exist yet.

    Raises:
        MissingProgramError: Only other versions are installed.
    """
    version_file = data / "PG_VERSION"
    version = version_file.read_text(encoding="ascii").strip() if version_file.exists() else None
    programs = find_postgres(version)
    if programs is None:
        raise MissingProgramError(f"The data in {data} needs PostgreSQL {version or '13 or later'}: please install it.")
    return programs


def make_cluster(data: Path, *, superuser: str, password: str, as_user: Sequence[str]) -> None:
    """Make an empty cluster in *data*.

    Args:
        as_user: The words before a command that make it run as PostgreSQL's user.

    Raises:
        CommandFailedError: `initdb` failed.
    """
    # Made aside and moved into place: an initdb that is killed leaves nothing that looks like a cluster.
    draft, password_file = data.with_name("draft"), data.with_name("password")
    shutil.rmtree(draft, ignore_errors=True)
    password_file.unlink(missing_ok=True)
    password_file.touch(mode=0o600)
    give(password_file)
    password_file.write_text(password, encoding="ascii")
    initdb = [programs_for(data) / "initdb", *INITDB_OPTIONS, "-U", superuser, "--pwfile", password_file, "-D", draft]
    done = subprocess.run(
        [*as_user, *map(str, initdb)],
        cwd=data.parent,
        env=child_environment(data.parent),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    password_file.unlink()
    if done.returncode:
        raise CommandFailedError(f"PostgreSQL's data folder could not be made: {done.stderr.strip()}")
    draft.rename(data)
