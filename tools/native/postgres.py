"""A private PostgreSQL."""

import signal
from functools import cached_property

from tools.native.cluster import make_cluster, programs_for
from tools.native.databases import accepts_queries, ensure_database, ensure_owner
from tools.native.environment import child_environment
from tools.native.home import Home
from tools.native.leftovers import end_leftovers
from tools.native.other_user import prefix_for
from tools.native.ports import LOOPBACK
from tools.native.process import Program
from vault import Vault

SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Compiling queries costs more than queries as small as ours take.
    "jit": "off",
    # Statements hold what people wrote, and hashes of their passwords: none of that belongs into a log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class Postgres:
    """One cluster below *home*, on *port* of the loopback interface."""

    def __init__(self, home: Home, vault: Vault, *, port: int) -> None:
        self._home = home
        self._vault = vault
        self._port = port
        self._folder = home.path / "postgres"
        self._data = self._folder / "data"

    def program(self) -> Program:
        """Return how to run it."""
        settings = [f"--{name}={value}" for name, value in (SETTINGS | {"port": str(self._port)}).items()]
        return Program(
            name="postgres",
            command=[*self._as_user, str(programs_for(self._data) / "postgres"), "-D", str(self._data), *settings],
            folder=self._folder,
            environment=child_environment(self._home.path),
            is_ready=lambda: accepts_queries(self.url("postgres")),
            prepare=self._prepare,
            stop_signal=signal.SIGINT,  # SIGTERM would wait for clients to leave
            stop_seconds=12,
        )

    def url(self, database: str, *, owner: str | None = None) -> str:
        """Return how *owner*, by default the role named like the database, connects to it."""
        owner = owner or database
        return f"postgresql://{owner}:{self._password_of(owner)}@{LOOPBACK}:{self._port}/{database}"

    def ensure_database(self, name: str, *, owner: str | None = None) -> None:
        """Make the database and its owner, by default its namesake, unless they exist."""
        owner = owner or name
        admin_url = self.url("postgres")
        ensure_owner(admin_url, owner, self._password_of(owner))
        ensure_database(admin_url, name, owner=owner)

    def _prepare(self) -> None:
        if not self._data.exists():
            make_cluster(self._data, superuser=SUPERUSER, password=self._password_of(SUPERUSER), as_user=self._as_user)
        # A server that was killed leaves children which hold its memory, and a file which names a process id that
        # may be anybody's by now.
        end_leftovers(self._folder, patience_seconds=0)
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    @cached_property
    def _as_user(self) -> list[str]:
        return prefix_for(self._folder)

    def _password_of(self, role: str) -> str:
        return self._vault.secret(f"database_{role}")
