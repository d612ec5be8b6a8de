"""The web client's folder: our files, and the third-party ones that npm fetches."""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

from tools.native.errors import CommandFailedError
from tools.native.home import FETCHED, Home
from tools.native.programs import find
from tools.native.say import say
from tools.native.services import ROOT

SOURCE = ROOT / "gateway" / "web"
PACKAGE_FILES = ("package.json", "package-lock.json")
NOT_SERVED = shutil.ignore_patterns("package*.json", "node_modules", ".*")


def assemble_web_root(home: Home) -> Path:
    """Return a folder with all that the gateway serves itself.

    Without npm the pages miss what others wrote of them; the API does not need it, so that is a warning only.
    """
    web_root = home.path / "www"
    shutil.rmtree(web_root, ignore_errors=True)
    web_root.mkdir()
    if SOURCE.is_dir():
        shutil.copytree(SOURCE, web_root, ignore=NOT_SERVED, dirs_exist_ok=True)
    try:
        _add_vendored(home, web_root)
    except CommandFailedError as error:
        say(f"Warning: the web pages will not work, only the API: {error}")
    return web_root


def _add_vendored(home: Home, web_root: Path) -> None:
    if not (SOURCE / "package.json").exists():
        return
    package = json.loads((SOURCE / "package.json").read_text(encoding="utf-8"))
    modules = _node_modules(home)
    for file, folder in package["flack"]["vendor"].items():
        (web_root / folder).mkdir(parents=True, exist_ok=True)
        shutil.copy(modules / file, web_root / folder)


def _node_modules(home: Home) -> Path:
    """Return the packages that the lock file names, fetched once for each state of it."""
    digest = hashlib.sha256(b"".join((SOURCE / name).read_bytes() for name in PACKAGE_FILES)).hexdigest()[:16]
    folder = home.path / FETCHED / digest
    if not folder.exists():
        draft = folder.with_name("draft")
        shutil.rmtree(folder.parent, ignore_errors=True)
        draft.mkdir(parents=True)
        for name in PACKAGE_FILES:
            shutil.copy(SOURCE / name, draft)
        _npm_ci(draft)
        draft.rename(folder)
    return folder / "node_modules"


def _npm_ci(folder: Path) -> None:
    npm = find("npm")
    if npm is None:
        raise CommandFailedError("npm is missing.")
    # The terminal's own environment: it may name a proxy or a registry.
    done = subprocess.run(
        [npm, "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        env=os.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CommandFailedError(f"npm ci failed: {' '.join(done.stderr.split())[:300]}")
