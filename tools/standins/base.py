"""The image that the others build on: a small Debian."""

import functools
import os
import shutil
import tempfile
from pathlib import Path

from tools.native.programs import find
from tools.native.say import say
from tools.native.services import ROOT
from tools.standins import packages
from tools.standins.commands import run
from tools.standins.definitions import LABEL, definition_of
from tools.standins.errors import MissingPackageError
from tools.standins.mirror import KEYRING, debian_mirror
from tools.standins.trust import IMAGE_BUNDLE, VARIABLES, host_bundle

SUITE = "forky"
NAME = f"stand-in-base:{SUITE}"
FILES = Path(__file__).with_name("base")
# The suite may be newer than debootstrap, which then has no script of its name; all of them are the same one.
SCRIPT = "/usr/share/debootstrap/scripts/sid"
BOOTSTRAP = ("--variant=minbase", "--include=ca-certificates", f"--keyring={KEYRING}", SUITE)
# What apt can fetch again, and what nobody reads in a container.
LEFT_OUT = (
    "./var/cache/apt/*",
    "./var/lib/apt/lists/*",
    "./usr/share/doc/*",
    "./usr/share/info/*",
    "./usr/share/locale/*",
    "./usr/share/man/*",
)
BOOTSTRAP_SECONDS = 600.0
IMPORT_SECONDS = 120.0
ATTEMPTS = 3


def base_definition() -> str:
    """Return what the base is made of on this machine."""
    bundle = host_bundle(os.environ)
    recipe = [*BOOTSTRAP, *LEFT_OUT, IMAGE_BUNDLE, *VARIABLES, bundle.read_text(encoding="utf-8") if bundle else ""]
    return definition_of(FILES, base="\0".join(recipe))


def build_base(definition: str) -> None:
    """Build the base image.

    Raises:
        StandInError: It could not be built.
    """
    if not find("debootstrap"):
        packages.install(["debootstrap"])
    if os.geteuid() != 0:
        raise MissingPackageError("The base of the stand-ins is made with debootstrap, which only root can run.")
    say(f"Making a small Debian ({SUITE}) ...")
    (ROOT / ".flack").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / ".flack") as folder:
        root = Path(folder, "root")
        _bootstrap(root)
        _import(root, definition)


def _bootstrap(root: Path) -> None:
    # In a mount namespace of its own: whatever ends it, nothing of this machine stays mounted below a folder that
    # is about to be deleted.
    command = ("unshare", "--mount", "debootstrap", *BOOTSTRAP, root, debian_mirror(), SCRIPT)
    clear = functools.partial(shutil.rmtree, root, ignore_errors=True)
    run(*command, seconds=BOOTSTRAP_SECONDS, attempts=ATTEMPTS, prepare=clear)
    for file in (path for path in FILES.rglob("*") if path.is_file()):
        _put(file, root / file.relative_to(FILES))
    if bundle := host_bundle(os.environ):
        _put(bundle, root / IMAGE_BUNDLE.lstrip("/"))


def _put(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    target.chmod(0o644)  # for every user of the image, whatever this process's umask is


def _import(root: Path, definition: str) -> None:
    archive = root.with_suffix(".tar")
    left_out = [f"--exclude={pattern}" for pattern in LEFT_OUT]
    run("tar", "--create", "--file", archive, "--directory", root, *left_out, ".", seconds=IMPORT_SECONDS)
    trusted = [f"ENV {name}={IMAGE_BUNDLE}" for name in VARIABLES] if host_bundle(os.environ) else []
    changes = [f"--change={change}" for change in (f"LABEL {LABEL}={definition}", *trusted)]
    run("docker", "import", *changes, archive, NAME, seconds=IMPORT_SECONDS)
