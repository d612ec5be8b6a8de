"""Who has the official names, and what each of the images says of itself."""

import json
import subprocess
from collections.abc import Callable, Iterator

import pytest

from tests.containers.stand_ins.container import NGINX, POSTGRES, RABBITMQ, ask, inside, new_name
from tests.docker import logs_of
from tests.people import eventually
from tools.standins import images


@pytest.fixture
def real() -> Iterator[str]:
    """An image that is no stand-in."""
    name = f"{new_name()}:1"
    empty = subprocess.run(["tar", "--create", "--files-from=/dev/null"], check=True, capture_output=True).stdout
    subprocess.run(["docker", "import", "-", name], check=True, input=empty, capture_output=True, timeout=60)
    yield name
    ask("image", "rm", name)


def test_an_image_that_is_no_stand_in_is_never_replaced(monkeypatch: pytest.MonkeyPatch, real: str) -> None:
    before = ask("image", "inspect", "--format={{.Id}}", real)
    monkeypatch.setattr(images, "NAMES", {real: "python"})
    images.provide_images()
    assert ask("image", "inspect", "--format={{.Id}}", real) == before


@pytest.mark.parametrize("name", images.NAMES)
def test_what_is_up_to_date_is_not_built_again(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before = ask("image", "inspect", "--format={{.Id}}", name)
    monkeypatch.setattr(images, "NAMES", {name: images.NAMES[name]})
    images.provide_images()
    assert ask("image", "inspect", "--format={{.Id}}", name) == before


@pytest.mark.parametrize(
    ("image", "stop_signal", "volumes", "ports"),
    [
        (NGINX, "SIGQUIT", [], {80}),
        (POSTGRES, "SIGINT", ["/var/lib/postgresql"], {5432}),
        (RABBITMQ, None, ["/var/lib/rabbitmq"], {4369, 5671, 5672, 15671, 15672, 15691, 15692, 25672}),
    ],
)
def test_a_server_says_how_it_is_stopped_and_where_its_data_and_ports_are(
    image: str, stop_signal: str | None, volumes: list[str], ports: set[int]
) -> None:
    config = json.loads(ask("image", "inspect", "--format={{json .Config}}", image))
    assert config.get("StopSignal") == stop_signal
    assert list(config.get("Volumes") or ()) == volumes
    assert set(config["ExposedPorts"]) == {f"{port}/tcp" for port in ports}


@pytest.mark.parametrize(
    ("image", "user", "options"),
    [(POSTGRES, "postgres", ("--env=POSTGRES_PASSWORD=secret",)), (RABBITMQ, "rabbitmq", ())],
)
def test_a_server_does_not_stay_root(
    start: Callable[..., str], image: str, user: str, options: tuple[str, ...]
) -> None:
    name = start(image, *options)
    assert eventually(lambda: inside(name, "stat", "--format=%U %u", "/proc/1") == f"{user} 999"), logs_of(name)
