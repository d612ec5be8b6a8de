"""What the services stand on: PostgreSQL and RabbitMQ."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from tools.native.fleet import Fleet
from tools.native.home import Home
from tools.native.ports import PrivatePorts
from tools.native.postgres import Postgres
from tools.native.process import Process
from tools.native.rabbitmq import BrokerPorts, RabbitMQ
from vault import Vault

DATABASES = ("auth", "messages")


class Backing:
    """A private PostgreSQL and RabbitMQ, and nothing else; integration tests use it by itself.

    Args:
        path: The home folder; its data outlive a stop.
        for_tests: Whether the broker has a user `test` who may do everything.
        fresh: Whether every start forgets the data of earlier ones.
    """

    def __init__(self, path: Path, *, for_tests: bool = True, fresh: bool = False) -> None:
        self.home = Home(path)
        self.vault = Vault(self.home.secrets)
        self.fleet = Fleet(self.home)
        self._for_tests = for_tests
        self._fresh = fresh

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start both, and make the services' databases.

        Raises:
            NativeError: It could not; nothing is left running.
        """
        self.claim()
        try:
            self.start_claimed(PrivatePorts())
        except BaseException:
            self.stop()
            raise

    def claim(self) -> None:
        """Make the home this process's own."""
        self.fleet.claim(fresh=self._fresh)

    def start_claimed(self, ports: PrivatePorts, *, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Start both in a home that was claimed.

        Args:
            meanwhile: Called when the databases exist, while the broker, which takes longer, is still starting.
        """
        self._postgres = Postgres(self.home, self.vault, port=ports.take())
        broker_ports = BrokerPorts(amqp=ports.take(), epmd=ports.take(), distribution=ports.take())
        self._rabbitmq = RabbitMQ(self.home, self.vault, broker_ports, with_test_user=self._for_tests)
        self.fleet.launch([self._rabbitmq.port_mapper()])
        self.fleet.process("epmd").wait_ready()
        self.fleet.launch([self._rabbitmq.program(), self._postgres.program()])
        self.fleet.process("postgres").wait_ready()
        for name in DATABASES:
            self._postgres.ensure_database(name)
        meanwhile()
        self.fleet.wait_ready()

    def stop(self) -> None:
        """Stop both, and all else in the fleet."""
        self.fleet.stop()

    def process(self, name: str) -> Process:
        """Return the process called *name*: `postgres`, `rabbitmq` or `epmd`."""
        return self.fleet.process(name)

    def amqp_url(self, user: str) -> str:
        """Return how *user* connects to the broker."""
        return self._rabbitmq.url(user)

    def database_url(self, name: str) -> str:
        """Return how the owner of the database *name* connects to it."""
        return self._postgres.url(name)

    def create_database(self, name: str) -> str:
        """Make a database, with an owner of the same name, unless it exists; return how to connect to it."""
        self._postgres.ensure_database(name)
        return self.database_url(name)
