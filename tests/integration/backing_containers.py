"""PostgreSQL and RabbitMQ in containers of the images that docker-compose.yml has too."""

import platform
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from docker import DockerClient
from docker.types import Ulimit
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import ExecWaitStrategy

from tests.integration.backing_engine import fetch, remove_all
from tests.integration.backing_images import Images
from tools.native.databases import ensure_database, ensure_owner
from tools.native.home import Home
from tools.native.ports import PrivatePorts
from vault import PERMISSIONS, TEST_USER, Vault, definitions

RABBITMQ_CONF = Path(__file__).parents[2] / "backing" / "rabbitmq.conf"

READY_SECONDS = 90
POLL_SECONDS = 0.1
KILL_SECONDS = 10

# By TCP: the server that runs while the cluster is made listens on its socket only.
POSTGRES_ANSWERS = ["pg_isready", "--quiet", "--host=127.0.0.1", "--username=postgres"]
# It listens last of all; its own diagnostics start a second Erlang each time.
RABBITMQ_LISTENS = ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/5672"]

# Ryuk would be one more image to have. What a killed run leaves is removed by the next one instead.
testcontainers_config.ryuk_disabled = True


def labels_of(home: Path) -> dict[str, str]:
    """Return what marks the containers whose folder is *home*; an engine may serve several machines."""
    return {"flack.test-home": f"{platform.node()}:{home}"}


class ContainerPart:
    """A server in a container.

    Args:
        port: Where it listens inside.
        ready: The command that succeeds inside once it does its work.
    """

    def __init__(self, container: DockerContainer, *, port: int, ready: list[str]) -> None:
        # Chosen here: one of the engine's choice would be another after each start.
        self.container = container.with_bind_ports(port, PrivatePorts().take())
        self._port = port
        self._ready = ExecWaitStrategy(ready).with_startup_timeout(READY_SECONDS).with_poll_interval(POLL_SECONDS)

    @cached_property
    def address(self) -> str:
        """Where it is reached from here, as host:port."""
        return f"{self.container.get_container_host_ip()}:{self.container.get_exposed_port(self._port)}"

    def kill(self) -> None:
        """SIGKILL; returns when it is gone."""
        self.container.get_wrapped_container().kill()
        self.container.get_wrapped_container().wait(timeout=KILL_SECONDS)

    def start(self) -> None:
        """Start it again, with the data that it had."""
        self.container.get_wrapped_container().start()

    def wait_ready(self) -> None:
        """Return once it does its work.

        Raises:
            TimeoutError: It does not within `READY_SECONDS`; a note has the end of its log.
        """
        try:
            self._ready.wait_until_ready(self.container)
        except TimeoutError as error:
            error.add_note(self.container.get_wrapped_container().logs(tail=30).decode())
            raise


class Containers:
    """Both, empty, on *engine*; they have no part in what another folder's have.

    Args:
        path: The folder of their secrets; only one process at a time may have it.
    """

    def __init__(self, path: Path, engine: DockerClient, images: Images) -> None:
        self._home = Home(path)
        self._vault = Vault(self._home.secrets)
        self._engine = engine
        self._images = images
        self._labels = labels_of(self._home.path)
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        """Start both.

        Raises:
            HomeTakenError: Another process has the folder.
            MissingImageError: An image is not to be had.
            TimeoutError: One was not ready in time.
        """
        with ExitStack() as undo:
            self._claim(undo)
            self._parts = {"postgres": self._postgres(), "rabbitmq": self._rabbitmq()}
            for part in self._parts.values():
                fetch(self._engine, part.container.image)
            for part in self._parts.values():
                undo.enter_context(part.container)
            for part in self._parts.values():
                part.wait_ready()
            undo.callback(self._home.announce_stop)
            self._undo = undo.pop_all()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._undo.close()

    def process(self, name: str) -> ContainerPart:
        """Return the part called *name*: `postgres` or `rabbitmq`."""
        return self._parts[name]

    def create_database(self, name: str) -> str:
        """Make a database, with an owner of the same name, unless it exists; return how to connect to it."""
        admin_url = self.database_url("postgres")
        ensure_owner(admin_url, name, self._password_of_owner(name))
        ensure_database(admin_url, name, owner=name)
        return self.database_url(name)

    def database_url(self, name: str) -> str:
        """Return how the owner of the database *name* connects to it."""
        return f"postgresql://{name}:{self._password_of_owner(name)}@{self._parts['postgres'].address}/{name}"

    def amqp_url(self, user: str) -> str:
        """Return how *user*, a service or `test`, connects to the broker."""
        return f"amqp://{user}:{self._password_of_user(user)}@{self._parts['rabbitmq'].address}/%2F"

    def _claim(self, undo: ExitStack) -> None:
        self._home.claim()
        undo.callback(self._home.release)
        # Nobody else has the folder, so whatever bears its label is a killed run's.
        remove_all(self._engine, self._labels)
        undo.callback(remove_all, self._engine, self._labels)
        self._home.empty()

    def _postgres(self) -> ContainerPart:
        container = self._container(self._images.postgres)
        container.with_env("POSTGRES_PASSWORD", self._password_of_owner("postgres"))
        # Only a crash of the whole machine could do harm then, and a start after a kill would else flush every file.
        container.with_command(["postgres", "-c", "fsync=off"])
        return ContainerPart(container, port=5432, ready=POSTGRES_ANSWERS)

    def _rabbitmq(self) -> ContainerPart:
        users = {name: self._password_of_user(name) for name in [*PERMISSIONS, TEST_USER]}
        container = self._container(self._images.rabbitmq)
        container.with_copy_into_container(RABBITMQ_CONF, "/etc/rabbitmq/conf.d/90-flack.conf")
        container.with_copy_into_container(definitions(users).encode(), "/run/secrets/definitions.json")
        return ContainerPart(container, port=5672, ready=RABBITMQ_LISTENS)

    def _container(self, image: str) -> DockerContainer:
        # Erlang takes memory for as many files as it may open, which can be a thousand million.
        files = Ulimit(name="nofile", soft=16384, hard=16384)
        return DockerContainer(image, labels=self._labels, ulimits=[files])

    def _password_of_owner(self, name: str) -> str:
        return self._vault.secret(f"database_{name}")

    def _password_of_user(self, name: str) -> str:
        return self._vault.secret(f"amqp_{name}")
