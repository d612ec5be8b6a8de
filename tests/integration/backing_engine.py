"""The Docker engine that the environment or Docker's own settings lead to, and what is there."""

import functools
from collections.abc import Mapping

from docker import DockerClient
from docker.errors import DockerException, ImageNotFound
from docker.models.containers import Container
from requests import RequestException
from testcontainers.core.docker_client import DockerClient as Connection

ANSWER_SECONDS = 5


class MissingImageError(Exception):
    """An image is neither with the engine nor to be had from a registry; the message is one line."""


@functools.cache
def find_engine() -> DockerClient | None:
    """Return the engine, the same for all of this process's life; None when none answers in time."""
    try:
        Connection(timeout=ANSWER_SECONDS).client.close()
    except DockerException:
        return None
    return Connection().client


def fetch(engine: DockerClient, image: str) -> None:
    """Pull *image* unless it is there.

    Raises:
        MissingImageError: It cannot be pulled.
    """
    try:
        engine.images.get(image)
    except ImageNotFound:
        try:
            engine.images.pull(image)
        except (DockerException, RequestException) as error:
            raise MissingImageError(
                f"The image {image} is not there and cannot be pulled: run `make stand-ins`, or name others in "
                f"POSTGRES_IMAGE and RABBITMQ_IMAGE. ({' '.join(str(error).split())})"
            ) from None


def with_labels(engine: DockerClient, labels: Mapping[str, str]) -> list[Container]:
    """Return the containers that have all of *labels*, running or not."""
    filters: dict[str, str | list[str] | bool] = {"label": [f"{name}={value}" for name, value in labels.items()]}
    return engine.containers.list(all=True, filters=filters, ignore_removed=True)


def remove_all(engine: DockerClient, labels: Mapping[str, str]) -> None:
    """Remove the containers that have all of *labels*, and the volumes that they came with."""
    for container in with_labels(engine, labels):
        container.remove(force=True, v=True)
