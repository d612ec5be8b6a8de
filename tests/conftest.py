"""The system under test: all of Flack, as processes on this machine or, with `--compose`, in containers."""

import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.people import Person
from tests.project import Project
from tests.site import SITE_NETWORK, Site, site_address
from tools.native import Stack
from tools.native.ports import PrivatePorts

ROOT = Path(__file__).parents[1]
HOMES = ROOT / ".flack"
# Of this clone: another may be under test at the same time.
PROJECT = f"flack-test-{zlib.crc32(str(ROOT).encode()):08x}"

LogOf = Callable[[str], str]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--compose", action="store_true", help="test the containers of docker-compose.yml")


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Flack as `make run` starts it, empty, on ports of its own."""
    settings = {"RATE_LIMITS_ENABLED": "false", "PREVIEW_ALLOWED_NETWORKS": SITE_NETWORK}
    with Stack(HOMES / "test-stack", environment=settings, for_tests=True, fresh=True) as running:
        yield running


@pytest.fixture(scope="session")
def project() -> Iterator[Project]:
    """Flack as `docker compose up` starts it, empty, on a port of its own; its logs are kept."""
    project = Project(PROJECT, PrivatePorts().take())
    project.down()
    try:
        project.up(build=True)
        yield project
    finally:
        HOMES.mkdir(exist_ok=True)
        (HOMES / "test-compose.log").write_text(project.compose("logs", "--no-color", "--timestamps"))
        project.down()


@pytest.fixture(scope="session")
def base_url(request: pytest.FixtureRequest) -> str:
    """Where the gateway of the system under test is."""
    running: Stack | Project = request.getfixturevalue("project" if in_containers(request) else "stack")
    return running.base_url


@pytest.fixture
def log_of(request: pytest.FixtureRequest) -> LogOf:
    """Returns what a part of the system under test has logged so far."""
    if in_containers(request):
        project: Project = request.getfixturevalue("project")
        return project.logs
    stack: Stack = request.getfixturevalue("stack")
    return lambda name: stack.process(name).log_path.read_text()


@pytest.fixture
def create_site(request: pytest.FixtureRequest) -> Iterator[Callable[[], Site]]:
    """Makes web sites that the system under test may look at."""
    with ExitStack() as undo:

        def create() -> Site:
            if in_containers(request):
                project: Project = request.getfixturevalue("project")
                address, bound_to = project.address_of_this_machine("outside"), "0.0.0.0"
            else:
                address = bound_to = site_address()
            site = Site(address, bound_to)
            undo.callback(site.close)
            return site

        yield create


@pytest.fixture
def site(create_site: Callable[[], Site]) -> Site:
    """One of them."""
    return create_site()


def in_containers(request: pytest.FixtureRequest) -> bool:
    """Whether it was chosen to test those."""
    return bool(request.config.getoption("--compose"))


@pytest.fixture
def ann(base_url: str) -> Person:
    """Somebody new."""
    return Person(base_url)


@pytest.fixture
def bob(base_url: str) -> Person:
    """Somebody else."""
    return Person(base_url)
