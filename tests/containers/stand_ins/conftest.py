"""Containers and volumes that are gone after the test."""

from collections.abc import Callable, Iterator

import pytest

from tests.containers.stand_ins.container import ask, new_name, remove


@pytest.fixture
def volume() -> Iterator[str]:
    """A volume for one test, which asks for it before `start`: then it is removed after the containers that use it."""
    name = new_name()
    yield ask("volume", "create", name)
    ask("volume", "rm", name)


@pytest.fixture
def start() -> Iterator[Callable[..., str]]:
    """Starts a container of an image with options and returns its name."""
    names = []

    def start(image: str, *options: str) -> str:
        names.append(new_name())
        ask("run", "--detach", "--pull=never", f"--name={names[-1]}", *options, image)
        return names[-1]

    yield start
    for name in names:
        remove(name)
