"""The whole system on this machine."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from tools.native.backing import Backing
from tools.native.gateway import gateway_program
from tools.native.migrations import migrate
from tools.native.ports import LOOPBACK, PortChoice, PrivatePorts, exactly
from tools.native.process import Process
from tools.native.say import say
from tools.native.services import Services
from tools.native.web import assemble_web_root

NOTHING: Mapping[str, str] = MappingProxyType({})
UPSTREAMS = ("auth", "messages", "push")


class Stack:
    """PostgreSQL, RabbitMQ, all services and the gateway.

    Args:
        home: The folder of its data, secrets and logs, which outlive a stop.
        gateway_port: Where the gateway listens, or what chooses that at the start; by default any free port.
        environment: Settings that every service gets, and the gateway.
        for_tests: Whether the broker has a user `test` who may do everything.
        fresh: Whether every start forgets the data of earlier ones.

    Attributes:
        base_url: Where the gateway answers, without a slash at the end; set by `start`.
    """

    base_url: str

    def __init__(
        self,
        home: Path,
        *,
        gateway_port: int | PortChoice | None = None,
        environment: Mapping[str, str] = NOTHING,
        for_tests: bool = False,
        fresh: bool = False,
    ) -> None:
        self._backing = Backing(home, for_tests=for_tests, fresh=fresh)
        self._gateway_port = gateway_port
        self._environment = environment

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def failure(self) -> str | None:
        """Why keeping it running was given up; None while all is well."""
        return self._backing.fleet.failure

    def start(self) -> None:
        """Start everything and return once all of it is ready.

        Raises:
            NativeError: It could not; nothing is left running.
        """
        self._backing.claim()
        try:
            self._start_claimed()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything, the gateway first."""
        self._backing.stop()

    def process(self, name: str) -> Process:
        """Return the process called *name*, for example `renderer`, `messages-relay`, `rabbitmq` or `gateway`."""
        return self._backing.process(name)

    def port(self, name: str) -> int:
        """Return where the process called *name* listens, past the gateway."""
        return self._services.ports[name]

    def amqp_url(self, user: str) -> str:
        """Return how *user* connects to the broker."""
        return self._backing.amqp_url(user)

    def database_url(self, name: str) -> str:
        """Return how the owner of the database *name* connects to it."""
        return self._backing.database_url(name)

    def _start_claimed(self) -> None:
        backing, ports = self._backing, PrivatePorts()
        port = self._choose_gateway_port(ports)
        say("Starting Flack ...")
        web_root = assemble_web_root(backing.home)
        self._services = services = Services(backing, ports, self._environment)
        backing.start_claimed(ports, meanwhile=lambda: migrate(services, backing.home))
        backing.fleet.launch(services.programs())
        backing.fleet.wait_ready()
        gateway = gateway_program(
            backing.home,
            port=port,
            status_port=services.gateway_status_port,
            upstream_ports={name: services.ports[name] for name in UPSTREAMS},
            web_root=web_root,
            environment=self._environment,
        )
        backing.fleet.launch([gateway])
        backing.fleet.wait_ready()
        self.base_url = f"http://{LOOPBACK}:{port}"

    def _choose_gateway_port(self, ports: PrivatePorts) -> int:
        match self._gateway_port:
            case None:
                return ports.take()
            case int(port):
                return exactly(port)
            case choose:
                return choose()
