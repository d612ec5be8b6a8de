import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker import DockerClient

from tests.integration.backing import backing_on, described
from tests.integration.backing_containers import Containers
from tests.integration.backing_engine import find_engine
from tests.integration.backing_images import Images
from tools.native import Backing as Native

COMPOSE_FILE = Path(__file__).parents[3] / "docker-compose.yml"
DEFAULTS = Images()


@pytest.fixture
def engine() -> Iterator[DockerClient]:
    """A client that has not asked its engine anything yet."""
    client = DockerClient(base_url="tcp://127.0.0.1:1", version="1.41")
    yield client
    client.close()


def test_the_images_are_those_of_the_compose_file() -> None:
    images = re.findall(r"^ +image: (\S+)$", COMPOSE_FILE.read_text(encoding="utf-8"), re.MULTILINE)
    assert DEFAULTS.postgres in images
    assert DEFAULTS.rabbitmq in images


def test_the_environment_chooses_other_images() -> None:
    chosen = Images.chosen_by({"POSTGRES_IMAGE": "postgres:17", "RABBITMQ_IMAGE": "rabbitmq:4.2"})
    assert chosen == Images(postgres="postgres:17", rabbitmq="rabbitmq:4.2")


@pytest.mark.parametrize("environ", [{}, {"POSTGRES_IMAGE": "", "RABBITMQ_IMAGE": ""}])
def test_an_environment_that_names_no_image_leaves_the_defaults(environ: dict[str, str]) -> None:
    assert Images.chosen_by(environ) == DEFAULTS


def test_an_engine_means_containers_and_the_line_names_their_images(engine: DockerClient, tmp_path: Path) -> None:
    images = Images(postgres="postgres:17")
    assert isinstance(backing_on(engine, images, tmp_path), Containers)
    assert "containers of postgres:17 and rabbitmq:" in described(engine, images)


def test_no_engine_means_processes_of_this_machine(tmp_path: Path) -> None:
    assert isinstance(backing_on(None, DEFAULTS, tmp_path), Native)
    assert "this machine" in described(None, DEFAULTS)


@pytest.mark.parametrize("address", ["unix:///nonexistent", "tcp://127.0.0.1:1", "no address"])
def test_an_address_where_nobody_answers_is_no_engine(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("DOCKER_HOST", address)
    assert find_engine.__wrapped__() is None


@pytest.mark.timeout(30, func_only=True)  # half of what the client would wait by itself
def test_an_engine_that_does_not_answer_in_time_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.integration.backing_engine.ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{silent.getsockname()[1]}")
        assert find_engine.__wrapped__() is None
