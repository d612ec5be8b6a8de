"""The `docker` command."""

import json
import os
import shlex
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
COMMAND_SECONDS = 60.0
# Of the output of a command that failed; its errors are told in full.
MOST_CHARS = 4000


class DockerError(RuntimeError):
    """A command failed or took too long, or a part did not become what it was to be; the message has the output."""


@dataclass(frozen=True, kw_only=True)
class Container:
    """One container as it was when it was looked at.

    Attributes:
        pid: Its first process's id on the host; 0 while it does not run.
        inspected: All that `docker inspect` says.
    """

    id: str
    name: str
    pid: int
    inspected: Mapping[str, Any]

    @property
    def service(self) -> str:
        """What it is called in the compose file."""
        return str(self.inspected["Config"]["Labels"]["com.docker.compose.service"])

    @property
    def is_healthy(self) -> bool:
        """Whether it runs, and its health check, if it has one, says that all is well."""
        state = self.inspected["State"]
        health = state.get("Health", {"Status": "healthy"})
        return bool(state["Status"] == "running" and health["Status"] == "healthy")


def docker(*arguments: str, environment: Mapping[str, str], seconds: float = COMMAND_SECONDS) -> str:
    """Run `docker` at the root of the repository and return its output.

    Raises:
        DockerError: It failed, or took longer than *seconds*.
    """
    command = ["docker", *arguments]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            text=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as error:
        raise DockerError(f"{error}: {error.stderr!r}") from error
    if done.returncode:
        said = f"{done.stdout[-MOST_CHARS:]}{done.stderr}"
        raise DockerError(f"{shlex.join(command)} ended with {done.returncode}\n{said}")
    return done.stdout


def logs_of(container: str) -> str:
    """Return what the container called *container* has printed on both of its streams.

    Raises:
        DockerError: There is none.
    """
    command = ["docker", "logs", container]
    done = subprocess.run(
        command, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=COMMAND_SECONDS
    )
    if done.returncode:
        raise DockerError(done.stdout)
    return done.stdout


def inspected(ids: list[str], *, environment: Mapping[str, str]) -> list[Container]:
    """Return the containers of *ids* as they are now, by name.

    Raises:
        DockerError: One of them is gone.
    """
    found = json.loads(docker("inspect", *ids, environment=environment)) if ids else []
    return sorted((_container(one) for one in found), key=lambda container: container.name)


def kill(container: Container) -> None:
    """SIGKILL the first process of *container* from this machine.

    Raises:
        DockerError: Its process is not of this machine, as where the engine has a virtual one of its own.
        PermissionError: It is not ours to kill.
    """
    cgroup = Path(f"/proc/{container.pid}/cgroup")
    if not cgroup.exists() or container.id not in cgroup.read_text():
        raise DockerError(f"process {container.pid} of this machine is not the one of {container.name}")
    os.kill(container.pid, signal.SIGKILL)


def _container(one: Mapping[str, Any]) -> Container:
    return Container(id=one["Id"], name=one["Name"].removeprefix("/"), pid=one["State"]["Pid"], inspected=one)
