"""A hot standby of the stack's PostgreSQL, beside it on this machine."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from tools.native import Process, Stack
from tools.native.cluster import programs_for
from tools.native.databases import accepts_queries
from tools.native.other_user import prefix_for
from tools.native.ports import LOOPBACK, PrivatePorts
from tools.native.process import Program


class Standby(Process):
    """One that streams from the stack's, made of a base backup of it.

    Args:
        folder: Where its data are to be; must not exist yet.
    """

    def __init__(self, stack: Stack, folder: Path) -> None:
        self._stack = stack
        self._port = PrivatePorts().take()
        as_user = prefix_for(folder)
        data, programs = folder / "data", programs_for(folder / "data")
        source = ("--dbname", stack.database_url("postgres"), "--checkpoint=fast", "--write-recovery-conf")
        subprocess.run([*as_user, programs / "pg_basebackup", *source, "--pgdata", data], cwd=folder, check=True)
        settings = {
            "port": self._port,
            "listen_addresses": LOOPBACK,
            "unix_socket_directories": "",
            "max_connections": 200,  # as many as there
            "max_standby_streaming_delay": 0,
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        program = Program(
            name="standby",
            command=[*as_user, str(programs / "postgres"), "-D", str(data), *options],
            folder=folder,
            is_ready=lambda: accepts_queries(self.database_url("postgres")),
        )
        super().__init__(program, log_path=folder.with_suffix(".log"))

    def database_url(self, name: str) -> str:
        """Return how the owner of the database *name* connects to its copy."""
        here = make_url(self._stack.database_url(name)).set(port=self._port)
        return here.render_as_string(hide_password=False)


@contextmanager
def standby_of(stack: Stack, folder: Path) -> Iterator[Standby]:
    """Run one for as long as the block lasts."""
    standby = Standby(stack, folder)
    standby.start()
    try:
        standby.wait_ready()
        yield standby
    finally:
        standby.stop()
