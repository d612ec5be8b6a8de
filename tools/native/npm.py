"""What others wrote for JavaScript, fetched by npm."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from tools.native.errors import CommandFailedError
from tools.native.programs import find

FETCH_SECONDS = 300
PACKAGE_FILES = ("package.json", "package-lock.json")


def node_modules(source: Path, fetched: Path) -> Path:
    """Return the packages that the lock file in *source* names, fetched once for each state of it.

    Args:
        fetched: A folder for them and nothing else.

    Raises:
        CommandFailedError: npm is missing, or could not fetch them.
    """
    digest = hashlib.sha256(b"".join((source / name).read_bytes() for name in PACKAGE_FILES)).hexdigest()[:16]
    folder = fetched / digest
    if not folder.exists():
        draft = folder.with_name("draft")
        shutil.rmtree(folder.parent, ignore_errors=True)
        draft.mkdir(parents=True)
        for name in PACKAGE_FILES:
            shutil.copy(source / name, draft)
        _npm_ci(draft)
        draft.rename(folder)
    return folder / "node_modules"


def _npm_ci(folder: Path) -> None:
    npm = find("npm")
    if npm is None:
        raise CommandFailedError("npm is missing.")
    # The terminal's own environment: it may name a proxy or a registry.
    try:
        done = subprocess.run(
            [npm, "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=folder,
            env=os.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=FETCH_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CommandFailedError(f"npm ci took longer than {FETCH_SECONDS} s.") from error
    if done.returncode:
        raise CommandFailedError(f"npm ci failed: {' '.join(done.stderr.split())[:300]}")
