"""The containers that integration tests stand on come and go without a trace."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker import DockerClient
from docker.models.containers import Container

from tests.integration.backing import Backing, backing_on
from tests.integration.backing_containers import labels_of
from tests.integration.backing_engine import MissingImageError, fetch, find_engine, remove_all, with_labels
from tests.integration.backing_images import Images

ROOT = Path(__file__).parents[2]
IMAGES = Images.chosen_by(os.environ)

# A test run, as far as its containers are concerned.
RUN = """
import os, pathlib, signal, sys
from tests.integration.backing import backing_on
from tests.integration.backing_engine import find_engine
from tests.integration.backing_images import Images

with backing_on(find_engine(), Images.chosen_by(os.environ), pathlib.Path(sys.argv[1])):
    print("up", flush=True)
    signal.pause()
"""


@pytest.fixture(scope="module")
def engine() -> DockerClient:
    found = find_engine()
    assert found, "No Docker engine answers."
    return found


@pytest.fixture
def labels(tmp_path: Path, engine: DockerClient) -> Iterator[dict[str, str]]:
    """What the containers of `next_run` and `killed` have."""
    labels = labels_of(tmp_path / "test-containers")
    yield labels
    remove_all(engine, labels)


@pytest.fixture
def killed(engine: DockerClient, labels: dict[str, str], tmp_path: Path) -> list[Container]:
    """The containers of a run that was killed."""
    command = [sys.executable, "-c", RUN, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        assert run.stdout.readline() == "up\n"
        run.send_signal(signal.SIGKILL)
    return with_labels(engine, labels)


@pytest.fixture
def next_run(engine: DockerClient, tmp_path: Path) -> Backing:
    return backing_on(engine, IMAGES, tmp_path)


def test_what_a_killed_run_left_is_gone_once_the_next_one_stands_which_leaves_nothing(
    engine: DockerClient, labels: dict[str, str], killed: list[Container], next_run: Backing
) -> None:
    assert [container.status for container in killed] == ["running", "running"]
    with next_run:
        present = with_labels(engine, labels)
        assert len(present) == 2
        assert not set(killed) & set(present)
    assert with_labels(engine, labels) == []
    left = {volume.name for volume in engine.volumes.list()}
    assert not left & {mount["Name"] for container in [*killed, *present] for mount in container.attrs["Mounts"]}


def test_containers_of_another_folder_stay(engine: DockerClient, labels: dict[str, str], tmp_path: Path) -> None:
    other = engine.containers.create(IMAGES.postgres, labels=labels_of(tmp_path / "other"))
    try:
        remove_all(engine, labels)
        assert with_labels(engine, labels_of(tmp_path / "other")) == [other]
    finally:
        other.remove(v=True)


def test_an_image_that_is_not_to_be_had_is_one_line_that_says_what_to_do(engine: DockerClient) -> None:
    with pytest.raises(MissingImageError) as refused:
        fetch(engine, "127.0.0.1:1/flack/none:0")
    (line,) = str(refused.value).splitlines()
    assert "127.0.0.1:1/flack/none:0" in line
    assert "make stand-ins" in line
    assert "POSTGRES_IMAGE and RABBITMQ_IMAGE" in line
