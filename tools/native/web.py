"""The web client's folder: our files, and the third-party ones that npm fetches."""

import json
import shutil
from pathlib import Path

from tools.native.errors import CommandFailedError
from tools.native.home import FETCHED, Home
from tools.native.npm import node_modules
from tools.native.say import say
from tools.native.services import ROOT

SOURCE = ROOT / "gateway" / "web"
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
    modules = node_modules(SOURCE, home.path / FETCHED)
    for file, folder in package["flack"]["vendor"].items():
        (web_root / folder).mkdir(parents=True, exist_ok=True)
        shutil.copy(modules / file, web_root / folder)
