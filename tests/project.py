"""Flack in containers, driven through the `docker` command as an operator would."""

import os
from collections.abc import Callable

from tests.docker import COMMAND_SECONDS, Container, DockerError, docker, inspected, kill
from tests.people import eventually

UP_SECONDS = 300
BUILD_SECONDS = 900.0
DOWN_SECONDS = 120.0
HEALTHY_SECONDS = 60.0
DIED_SECONDS = 10.0
PAUSE_ATTEMPTS = 5

# What runs for as long as the system does.
SERVICES = (
    "gateway",
    "auth",
    "auth-relay",
    "messages",
    "messages-relay",
    "messages-consumer",
    "renderer",
    "renderer-preview",
    "renderer-api",
    "push",
    "postgres",
    "rabbitmq",
)


class Project:
    """One Compose project; one that runs already is attached to by its name and port.

    Args:
        port: Where its gateway listens on this machine.

    Attributes:
        base_url: The gateway's address, without a slash at the end.
    """

    def __init__(self, name: str, port: int) -> None:
        self.name = name
        self.base_url = f"http://127.0.0.1:{port}"
        self._environment = {**os.environ, "PORT": str(port), "RATE_LIMITS_ENABLED": "false"}

    def up(self, *, build: bool = False) -> None:
        """Start all of it, and return once all of it is healthy.

        Raises:
            DockerError: It is not within `UP_SECONDS`, the building not counted.
        """
        if build:
            self.compose("build", "--quiet", seconds=BUILD_SECONDS)
        self._up()
        # Where tests have their sites is known now that there is the network.
        self._environment["PREVIEW_ALLOWED_NETWORKS"] = f"{self.address_of_this_machine('outside')}/32"
        self._up("renderer-preview")

    def down(self) -> None:
        """Take all of it away, its data too."""
        self.compose("--profile", "*", "down", "--volumes", "--remove-orphans", seconds=DOWN_SECONDS)

    def stop(self, service: str) -> None:
        """Ask every container of *service* to end, as an operator would."""
        self.compose("stop", service)

    def start(self, service: str) -> None:
        """Start what was stopped; `wait_healthy` tells when it is of use."""
        self.compose("start", service)

    def restart(self, service: str) -> None:
        """Stop and start all containers of *service* at the same time."""
        self.compose("restart", service)

    def pause(self, service: str) -> None:
        """Freeze every process of *service*, as a machine that hangs would."""
        for container in self.containers(service):
            self._pause(container)

    def unpause(self, service: str) -> None:
        """Let go on what is frozen of *service*."""
        for container in self.containers(service):
            if container.inspected["State"]["Paused"]:
                self._docker("unpause", container.id)

    def scale(self, service: str, replicas: int) -> None:
        """Have *replicas* containers of *service*, and return once they are healthy."""
        self._up("--no-recreate", "--scale", f"{service}={replicas}", service)

    def kill(self, service: str) -> None:
        """SIGKILL the first process of every container of *service* from the host, and return once it is gone.

        `docker kill` would count as a stop on purpose, after which nothing is restarted.

        Raises:
            DockerError: The engine's processes are not to be seen from here.
            PermissionError: They are not ours to kill.
        """
        victims = [container for container in self.containers(service) if container.pid]
        for victim in victims:
            kill(victim)
        pids = {victim.pid for victim in victims}
        self._wait(lambda: pids.isdisjoint(c.pid for c in self.containers(service)), f"{service} lives", DIED_SECONDS)

    def rolling_restart(self, service: str) -> None:
        """Restart the containers of *service*, each after the one before it is healthy again."""
        for container in self.containers(service):
            self._docker("stop", container.id)
            self._docker("start", container.id)
            self.wait_healthy(service)

    def containers(self, *services: str) -> list[Container]:
        """Return the containers of *services*, by name, whether they run or not."""
        labels = {"project": self.name, "oneoff": "False"}
        filters = [f"--filter=label=com.docker.compose.{label}={value}" for label, value in labels.items()]
        ids = self._docker("ps", "--all", "--quiet", "--no-trunc", *filters).split()
        found = inspected(ids, environment=self._environment)
        return [container for container in found if container.service in services]

    def is_healthy(self, *services: str) -> bool:
        """Whether every container of *services*, or of all of them, is well, and each of them has one."""
        wanted = services or SERVICES
        found = self.containers(*wanted)
        return {container.service for container in found} == set(wanted) and all(one.is_healthy for one in found)

    def wait_healthy(self, *services: str, seconds: float = HEALTHY_SECONDS) -> None:
        """Return once *services*, or all of them, are well.

        Raises:
            DockerError: They are not within *seconds*.
        """
        self._wait(lambda: self.is_healthy(*services), f"not healthy: {', '.join(services or SERVICES)}", seconds)

    def logs(self, service: str) -> str:
        """Return what all containers of *service* have said so far."""
        return self.compose("logs", "--no-color", service)

    def exec(self, service: str, *command: str) -> str:
        """Run *command* in a container of *service* that runs, and return its output."""
        return self.compose("exec", "--no-TTY", service, *command)

    def run(self, service: str, *command: str) -> str:
        """Run *command* in a new container of *service*, which is gone afterwards, and return its output."""
        return self.compose("run", "--rm", "--no-deps", "--no-TTY", service, *command)

    def address_of_this_machine(self, network: str) -> str:
        """Return where the containers of *network* reach this machine."""
        gateway = "{{(index .IPAM.Config 0).Gateway}}"
        return self._docker("network", "inspect", f"{self.name}_{network}", "--format", gateway).strip()

    def compose(self, *arguments: str, seconds: float = COMMAND_SECONDS) -> str:
        """Run `docker compose` for this project and return its output.

        Raises:
            DockerError: It failed, or took longer than *seconds*.
        """
        return self._docker("compose", "--project-name", self.name, *arguments, seconds=seconds)

    def _up(self, *arguments: str) -> None:
        wait = ("--detach", "--wait", "--wait-timeout", str(UP_SECONDS))
        self.compose("up", *wait, *arguments, seconds=UP_SECONDS + COMMAND_SECONDS)

    def _pause(self, container: Container) -> None:
        # A busy container may fork too fast for the kernel to freeze it at the first attempt.
        for attempts_left in reversed(range(PAUSE_ATTEMPTS)):
            try:
                self._docker("pause", container.id)
            except DockerError:
                if not attempts_left:
                    raise
            else:
                return

    def _docker(self, *arguments: str, seconds: float = COMMAND_SECONDS) -> str:
        return docker(*arguments, environment=self._environment, seconds=seconds)

    def _wait(self, is_so: Callable[[], bool], complaint: str, seconds: float) -> None:
        if not eventually(is_so, seconds=seconds):
            raise DockerError(f"{complaint}, after {seconds} s\n{self.compose('ps', '--all')}")
