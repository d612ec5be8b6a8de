"""The folder that the gateway serves: our pages, and what others wrote of them, which npm fetches."""

import shutil
import subprocess
from pathlib import Path

from tools.native.errors import CommandFailedError
from tools.native.home import FETCHED, Home
from tools.native.npm import node_modules
from tools.native.programs import find
from tools.native.say import say
from tools.native.services import ROOT

SOURCE = ROOT / "gateway" / "web"
ASSEMBLE = ROOT / "gateway" / "assemble.mjs"
DESCRIPTION = "openapi.json"


def assemble_web_root(home: Home) -> Path:
    """Return a folder with all that the gateway serves itself.

    Without npm there are no pages, only the description of the API; the API does not need them, so that is a warning.
    """
    web_root = home.path / "www"
    shutil.rmtree(web_root, ignore_errors=True)
    try:
        _assemble(node_modules(SOURCE, home.path / FETCHED), web_root)
    except CommandFailedError as error:
        say(f"Warning: there will be no web pages, only the API: {error}")
        shutil.rmtree(web_root, ignore_errors=True)
        web_root.mkdir()
        shutil.copy(SOURCE / DESCRIPTION, web_root)
    return web_root


def _assemble(modules: Path, web_root: Path) -> None:
    node = find("node")
    if node is None:
        raise CommandFailedError("node is missing.")
    command = [str(node), str(ASSEMBLE), str(SOURCE), str(modules), str(web_root)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandFailedError(f"{ASSEMBLE.name} failed: {' '.join(done.stderr.split())[:300]}")
