"""The processes of the services, each started by itself and set up as a test wants it."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from tools.native import Stack
from tools.native.ports import PrivatePorts

ROOT = Path(__file__).parents[2]
SEALING_KEY = "A" * 43

WEB = ("auth", "messages", "push")
WITH_DATABASE = (
    "auth",
    "messages",
    "auth relay",
    "messages relay",
    "messages consumer",
    "auth migrate",
    "messages migrate",
)
WITH_BROKER = (
    "messages",
    "push",
    "auth relay",
    "messages relay",
    "messages consumer",
    "renderer render",
    "renderer preview",
)


def environment_of(name: str, stack: Stack, ports: PrivatePorts) -> dict[str, str]:
    """Return all that the process *name* (`auth`, `auth relay`) needs; it has a port of its own."""
    owner = name.partition(" ")[0]
    database = {"DATABASE_URL": stack.database_url(owner)} if name in WITH_DATABASE else {}
    broker = {"AMQP_URL": stack.amqp_url(owner)} if name in WITH_BROKER else {}
    others = dict.fromkeys(("AUTH_URL", "MESSAGES_URL", "RENDERER_URL"), "http://127.0.0.1:1")
    internal = {"SERVICE_CREDENTIAL": "open sesame", **others} if name in WEB else {}
    sealing = {"KEY_ENCRYPTION_KEY": SEALING_KEY} if name == "auth" else {}
    health = {"HEALTH_HOST": "127.0.0.1", "HEALTH_PORT": str(ports.take())}
    return {**database, **broker, **internal, **sealing, **health}


@contextmanager
def running(name: str, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run the process *name* for as long as the block lasts."""
    owner, _, role = name.partition(" ")
    gunicorn = ["gunicorn", "--config", "python:chassis.gunicorn", "--bind", f"127.0.0.1:{environment['HEALTH_PORT']}"]
    process = subprocess.Popen(
        [sys.executable, "-m", *([owner, role] if role else [*gunicorn, f"{owner}.bootstrap:web()"])],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def readiness(environment: Mapping[str, str]) -> int | None:
    """Return how a process answers `/readyz`; None if it does not."""
    connection = HTTPConnection("127.0.0.1", int(environment["HEALTH_PORT"]), timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def is_listening(environment: Mapping[str, str]) -> bool:
    """Whether a process has come so far that it listens."""
    try:
        socket.create_connection(("127.0.0.1", int(environment["HEALTH_PORT"])), timeout=5).close()
    except OSError:
        return False
    return True
