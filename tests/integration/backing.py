"""What integration tests stand on, whichever way it was started."""

from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from docker import DockerClient

from tests.integration.backing_containers import Containers
from tests.integration.backing_images import Images
from tools.native import Backing as Native


class Part(Protocol):
    """A server that can fail."""

    def kill(self) -> None:
        """SIGKILL; returns when it is gone."""

    def start(self) -> None:
        """Start it again, with the data that it had."""

    def wait_ready(self) -> None:
        """Return once it does its work.

        Raises:
            Exception: It does not in time; the end of its log is with the error.
        """


class Backing(Protocol):
    """A PostgreSQL and a RabbitMQ, empty, for as long as the context lasts."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None, /
    ) -> None: ...

    def process(self, name: str) -> Part:
        """Return the part called *name*: `postgres` or `rabbitmq`."""

    def create_database(self, name: str) -> str:
        """Make a database, with an owner of the same name, unless it exists; return how to connect to it."""

    def database_url(self, name: str) -> str:
        """Return how the owner of the database *name* connects to it."""

    def amqp_url(self, user: str) -> str:
        """Return how *user*, a service or `test`, connects to the broker."""


def backing_on(engine: DockerClient | None, images: Images, homes: Path) -> Backing:
    """Return what is still to be started: containers on *engine*, or without one processes of this machine.

    Args:
        homes: Where the folder with its secrets, and with the data of processes, is made.
    """
    if engine:
        return Containers(homes / "test-containers", engine, images)
    return Native(homes / "test-backing", fresh=True)


def described(engine: DockerClient | None, images: Images) -> str:
    """Return what `backing_on` chooses and why, in one line for the person at the terminal."""
    if engine:
        return f"containers of {images.postgres} and {images.rabbitmq}, as a Docker engine answers"
    return "PostgreSQL and RabbitMQ of this machine, as no Docker engine answers"
