"""How a container of Postgres makes its databases, and keeps them."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.containers.stand_ins.container import (
    HARDENED,
    POSTGRES,
    START_SECONDS,
    ask,
    inside,
    stop,
    succeeds,
    write,
)
from tests.docker import DockerError, logs_of
from tests.people import eventually

AS_POSTGRES = ("--user=999:999", "--tmpfs=/var/run/postgresql", "--env=POSTGRES_PASSWORD=secret", *HARDENED)
# While the scripts run, nobody comes in by TCP.
OUT_OF_REACH = """#!/bin/sh
! pg_isready -h 127.0.0.1 && psql -U ann chat -c "INSERT INTO run VALUES ('sh')"
"""


def sql(name: str, statement: str, *, password: str = "secret", user: str = "postgres", base: str = "postgres") -> str:
    """Ask by TCP, not from the server's own address, so that the password counts."""
    script = f'PGPASSWORD={password} psql -qAt -h "$(hostname -i)" -U {user} -d {base} -c "{statement}"'
    return inside(name, "sh", "-c", script)


def wait_ready(name: str) -> None:
    # By TCP: the temporary server of the first start listens on its socket only.
    assert eventually(lambda: succeeds(name, "pg_isready", "-h", "127.0.0.1"), seconds=START_SECONDS), logs_of(name)


def test_refuses_to_begin_without_a_password(start: Callable[..., str]) -> None:
    name = start(POSTGRES)
    assert ask("wait", name) == "1"
    assert "POSTGRES_PASSWORD" in logs_of(name)


def test_keeps_its_data_and_runs_the_scripts_once(volume: str, start: Callable[..., str], tmp_path: Path) -> None:
    write(tmp_path / "init/1.sql", "CREATE TABLE run (script text); INSERT INTO run VALUES ('sql');")
    write(tmp_path / "init/2.sh", OUT_OF_REACH, mode=0o755)
    (tmp_path / "init/3.sql.gz").write_bytes(gzip.compress(b"INSERT INTO run VALUES ('gz');"))
    password = write(tmp_path / "password", "from a file\n")
    mounts = (f"--volume={tmp_path}/init:/docker-entrypoint-initdb.d:ro", f"--volume={password}:/password:ro")
    settings = ("--env=POSTGRES_USER=ann", "--env=POSTGRES_DB=chat", "--env=POSTGRES_PASSWORD_FILE=/password")
    options = (*AS_POSTGRES, "--env=POSTGRES_PASSWORD=", *settings, *mounts, f"--volume={volume}:/var/lib/postgresql")
    for _ in range(2):
        name = start(POSTGRES, *options)
        wait_ready(name)
        ran = sql(name, "SELECT script FROM run", password="'from a file'", user="ann", base="chat")
        assert ran.split() == ["sql", "sh", "gz"]
        assert stop(name) == 0


def test_asks_for_the_password(start: Callable[..., str]) -> None:
    name = start(POSTGRES, *AS_POSTGRES)
    wait_ready(name)
    assert sql(name, "SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'").startswith("SCRAM-SHA-256$")
    with pytest.raises(DockerError, match="password authentication failed"):
        sql(name, "SELECT 1", password="wrong")


def test_has_the_usual_settings(start: Callable[..., str]) -> None:
    name = start(POSTGRES, *AS_POSTGRES)
    wait_ready(name)
    assert sql(name, "SHOW listen_addresses") == "*"
    assert sql(name, "SHOW server_encoding") == "UTF8"
    assert sql(name, "SHOW data_directory") == "/var/lib/postgresql/18/docker"
    assert sql(name, "SELECT datcollate FROM pg_database WHERE datname = 'postgres'") == "en_US.utf8"


def test_hands_arguments_to_initdb_and_keeps_to_them(start: Callable[..., str]) -> None:
    arguments = "--env=POSTGRES_INITDB_ARGS=--auth-local=scram-sha-256 --locale='C.UTF-8'"
    name = start(POSTGRES, *AS_POSTGRES, arguments, "--env=POSTGRES_DB=chat")
    wait_ready(name)
    assert sql(name, "SELECT datcollate FROM pg_database WHERE datname = 'chat'") == "C.UTF-8"
    assert not succeeds(name, "psql", "--no-password", "--username=postgres", "--command=SELECT 1")


def test_does_not_come_up_after_a_script_that_failed(start: Callable[..., str], tmp_path: Path) -> None:
    write(tmp_path / "init/1.sql", "SELECT no_such_column;")
    name = start(POSTGRES, *AS_POSTGRES, f"--volume={tmp_path}/init:/docker-entrypoint-initdb.d:ro")
    assert int(ask("wait", name, seconds=START_SECONDS)) != 0
    assert "no_such_column" in logs_of(name)
