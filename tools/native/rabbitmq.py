"""A private RabbitMQ, and the port mapper that Erlang cannot do without."""

from dataclasses import dataclass
from pathlib import Path

from tools.native.environment import child_environment
from tools.native.errors import MissingProgramError
from tools.native.home import Home
from tools.native.leftovers import end_leftovers
from tools.native.ports import LOOPBACK
from tools.native.process import Program
from tools.native.programs import find, find_rabbitmq
from tools.native.readiness import accepts_connections, speaks_amqp
from vault import PERMISSIONS, TEST_USER, Vault, definitions

CONFIGURATION = """\
listeners.tcp.loopback = {loopback}:{port}
load_definitions = {definitions}
log.console = true
log.file = false
vm_memory_high_watermark.absolute = 1GiB
# With less room than this on the disk, every publisher would wait without a word.
disk_free_limit.absolute = 50MB
"""


@dataclass(frozen=True, kw_only=True)
class BrokerPorts:
    """Where the broker, Erlang's port mapper and the broker's (unused) cluster link listen."""

    amqp: int
    epmd: int
    distribution: int


class RabbitMQ:
    """One broker below *home*, with the users of `definitions`."""

    def __init__(self, home: Home, vault: Vault, ports: BrokerPorts, *, with_test_user: bool) -> None:
        self._home = home
        self._vault = vault
        self._ports = ports
        self._folder = home.path / "rabbitmq"
        self._users = [*PERMISSIONS, TEST_USER] if with_test_user else list(PERMISSIONS)

    def port_mapper(self) -> Program:
        """Return how to run epmd in the foreground; Erlang would else leave one of its own behind."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        return Program(
            name="epmd",
            command=[_needed(find("epmd"), "epmd")],
            folder=self._folder,
            environment=self._environment(),
            is_ready=accepts_connections(self._ports.epmd),
            stop_seconds=2,
        )

    def program(self) -> Program:
        """Return how to run the broker."""
        return Program(
            name="rabbitmq",
            command=[_needed(find_rabbitmq(), "RabbitMQ")],
            folder=self._folder / "data",
            environment=self._environment(),
            is_ready=speaks_amqp(self._ports.amqp),
            prepare=self._prepare,
            stop_seconds=12,
        )

    def url(self, user: str) -> str:
        """Return how *user* connects."""
        return f"amqp://{user}:{self._password_of(user)}@{LOOPBACK}:{self._ports.amqp}/%2F"

    def _prepare(self) -> None:
        data = self._folder / "data"
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        end_leftovers(data, patience_seconds=0)
        (self._folder / "pid").unlink(missing_ok=True)
        (self._folder / "enabled_plugins").write_text("[].\n", encoding="ascii")
        users = {name: self._password_of(name) for name in self._users}
        imported = self._vault.put("rabbitmq_definitions.json", definitions(users))
        (self._folder / "rabbitmq.conf").write_text(
            CONFIGURATION.format(loopback=LOOPBACK, port=self._ports.amqp, definitions=imported), encoding="utf-8"
        )

    def _environment(self) -> dict[str, str]:
        folder = self._folder
        return child_environment(
            self._home.path,
            HOME=str(folder),  # where the Erlang cookie is
            ERL_EPMD_PORT=str(self._ports.epmd),
            ERL_EPMD_ADDRESS=LOOPBACK,
            # Not only for the server: the programs that it starts to look around open a cluster link too.
            ERL_FLAGS="-kernel inet_dist_use_interface {127,0,0,1}",
            ERL_CRASH_DUMP_BYTES="0",
            RABBITMQ_NODENAME="flack@localhost",
            RABBITMQ_DIST_PORT=str(self._ports.distribution),
            RABBITMQ_CONF_ENV_FILE="/dev/null",  # the system's own settings are not ours
            RABBITMQ_CONFIG_FILE=str(folder / "rabbitmq.conf"),
            RABBITMQ_ADVANCED_CONFIG_FILE=str(folder / "advanced.config"),
            RABBITMQ_ENABLED_PLUGINS_FILE=str(folder / "enabled_plugins"),
            RABBITMQ_MNESIA_BASE=str(folder / "data"),
            RABBITMQ_LOG_BASE=str(self._home.logs),
            RABBITMQ_LOGS="-",
            RABBITMQ_GENERATED_CONFIG_DIR=str(folder / "generated"),
            RABBITMQ_PID_FILE=str(folder / "pid"),
        )

    def _password_of(self, user: str) -> str:
        return self._vault.secret(f"amqp_{user}")


def _needed(program: Path | None, name: str) -> str:
    if program is None:
        raise MissingProgramError(f"{name} is missing: please install it.")
    return str(program)
