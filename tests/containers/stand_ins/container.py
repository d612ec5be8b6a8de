"""Single containers of the official images, or of their stand-ins."""

import os
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from tests.docker import COMMAND_SECONDS, DockerError, docker
from tools.standins.images import NAMES

PYTHON, NODE, NGINX, POSTGRES, RABBITMQ = NAMES
START_SECONDS = 90.0
NETWORK_SECONDS = 120.0
# As little as Flack gives them.
HARDENED = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--tmpfs=/tmp")


def new_name() -> str:
    return f"flack-test-{uuid4().hex[:12]}"


def ask(*words: str, seconds: float = COMMAND_SECONDS) -> str:
    """Return what `docker` prints.

    Raises:
        DockerError: It failed, or took longer than *seconds*.
    """
    return docker(*words, environment=os.environ, seconds=seconds).strip()


def once(image: str, *words: str) -> str:
    """Run a container to its end and return what it prints."""
    name = new_name()
    try:
        return ask("run", "--pull=never", f"--name={name}", image, *words, seconds=NETWORK_SECONDS)
    finally:
        remove(name)


def remove(name: str) -> None:
    """Remove a container, if it was made at all, and what it kept."""
    with suppress(DockerError):
        ask("rm", "--force", "--volumes", name)


def inside(name: str, *words: str) -> str:
    return ask("exec", name, *words)


def succeeds(name: str, *words: str) -> bool:
    with suppress(DockerError):
        inside(name, *words)
        return True
    return False


def stop(name: str) -> int:
    """Stop a container as an operator would and return its exit status."""
    ask("stop", "--time=30", name)
    return int(ask("inspect", "--format={{.State.ExitCode}}", name))


def address_of(name: str, port: int) -> str:
    return "http://" + ask("port", name, str(port))


def write(path: Path, content: str, *, mode: int = 0o644) -> Path:
    """Write what every user of a container may read, below the folder of the test."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o755)
    path.write_text(content)
    path.chmod(mode)
    return path
