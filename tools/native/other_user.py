"""Running PostgreSQL, which refuses to be root, as another user."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from tools.native.errors import UnreachableFolderError

# The package's own user where there is one, else one that every system has.
CANDIDATES = ("postgres", "nobody")

# Root may have cloned into a folder that nobody else may enter. Either of these lets a process through without moving
# the data or loosening the folder; containers often have only the second.
CAPABILITIES = (None, "dac_read_search", "dac_override")


def prefix_for(folder: Path) -> list[str]:
    """Return the words before a command that make it run as a user who may work in *folder*; none unless root.

    The folder is made, and given to that user.

    Raises:
        UnreachableFolderError: The user cannot be let in.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return []
    user = _other_user()
    shutil.chown(folder, user.pw_uid, user.pw_gid)
    for capability in CAPABILITIES:
        prefix = _prefix(user, capability)
        if _can_write(prefix, folder):
            return prefix
    raise UnreachableFolderError(
        f"PostgreSQL does not run as root, and its user {user.pw_name} cannot reach {folder}; move the clone elsewhere."
    )


def give(path: Path) -> None:
    """Make *path* the other user's, if there is one."""
    if os.geteuid() == 0:
        user = _other_user()
        shutil.chown(path, user.pw_uid, user.pw_gid)


def _other_user() -> pwd.struct_passwd:
    names = {user.pw_name: user for user in pwd.getpwall()}
    return next(names[name] for name in CANDIDATES if name in names)


def _prefix(user: pwd.struct_passwd, capability: str | None) -> list[str]:
    extra = [f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}"] if capability else []
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", *extra, "--"]


def _can_write(prefix: list[str], folder: Path) -> bool:
    # Tried, not asked: access(2) leaves capabilities out of account.
    probe = folder / ".probe"
    done = subprocess.run([*prefix, "touch", probe], capture_output=True, check=False).returncode == 0
    probe.unlink(missing_ok=True)
    return done
