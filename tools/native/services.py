"""The processes of the services, and what each is given."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.native.backing import Backing
from tools.native.environment import child_environment
from tools.native.ports import LOOPBACK, PrivatePorts
from tools.native.process import Program
from tools.native.readiness import answers_http

ROOT = Path(__file__).resolve().parents[2]
MIGRATED = ("auth", "messages")
# Shorter than the time after which a process is killed, so that open sockets do not make a stop look like a crash.
GRACEFUL_SECONDS = 8


@dataclass(frozen=True, kw_only=True)
class Service:
    """One process.

    Attributes:
        owner: The service whose database, broker user and package it is.
        role: Its argument of `python -m OWNER`; empty, or `api` where that is not all there is, for what gunicorn runs.
        needs: What it is given, by the name of its variable.
        options: Of gunicorn, beside those that all have.
    """

    owner: str
    role: str = ""
    needs: tuple[str, ...]
    options: tuple[str, ...] = ()

    @property
    def is_api(self) -> bool:
        """Whether gunicorn runs it."""
        return self.role in ("", "api")

    @property
    def name(self) -> str:
        """Its name in logs."""
        return self.owner if self.role in ("", "render") else f"{self.owner}-{self.role}"


# What auth's commands need, and its API too.
OPERATOR = ("DATABASE_URL_FILE", "KEY_ENCRYPTION_KEY_FILE")
# What all processes of messages need.
MESSAGES = ("DATABASE_URL_FILE", "AMQP_URL_FILE")
# What those need whom other services ask.
INTERNAL = ("SERVICE_CREDENTIAL_FILE", "INTERNAL_PORT")
# The sandbox does not live with gevent. Most of them only wait, and not for long.
BY_THREADS = ("--worker-class", "gthread", "--threads", "32")

SERVICES = (
    Service(owner="auth", needs=(*OPERATOR, *INTERNAL)),
    Service(owner="auth", role="relay", needs=("DATABASE_URL_FILE", "AMQP_URL_FILE")),
    Service(owner="messages", needs=(*MESSAGES, *INTERNAL, "AUTH_URL", "RENDERER_URL")),
    Service(owner="messages", role="consumer", needs=(*MESSAGES, "GATEWAY_STATUS_URL")),
    Service(owner="messages", role="relay", needs=MESSAGES),
    Service(owner="renderer", role="render", needs=("AMQP_URL_FILE",)),
    Service(owner="renderer", role="preview", needs=("AMQP_URL_FILE",)),
    Service(owner="renderer", role="api", needs=INTERNAL, options=BY_THREADS),
    Service(owner="push", needs=("AMQP_URL_FILE", "AUTH_URL", "MESSAGES_URL", "SERVICE_CREDENTIAL_FILE")),
)


class Services:
    """Turns the table into programs, with ports and secrets of one home.

    Attributes:
        ports: By name of the process, where it listens.
        internal_ports: By name of the service, where it listens to the others.
        gateway_status_port: Where the gateway is to tell of itself.
    """

    def __init__(self, backing: Backing, ports: PrivatePorts, extra: Mapping[str, str]) -> None:
        self._backing = backing
        self._extra = extra
        self.ports = {service.name: ports.take() for service in SERVICES}
        self.internal_ports = {name: ports.take() for name in ("auth", "messages", "renderer")}
        self.gateway_status_port = ports.take()

    def programs(self) -> list[Program]:
        """Return how to run each."""
        return [self._program(service) for service in SERVICES]

    def migration(self, owner: str) -> tuple[list[str], dict[str, str]]:
        """Return the command that brings *owner*'s database up to date, and its environment."""
        environment = self._environment(Service(owner=owner, role="migrate", needs=("DATABASE_URL_FILE",)))
        return [sys.executable, "-m", owner, "migrate"], environment

    def _program(self, service: Service) -> Program:
        port = self.ports[service.name]
        health = {} if service.is_api else {"HEALTH_HOST": LOOPBACK, "HEALTH_PORT": str(port)}
        return Program(
            name=service.name,
            command=self._gunicorn(service) if service.is_api else _worker(service),
            folder=ROOT,
            environment=self._environment(service) | health,
            is_ready=answers_http(port, "/readyz"),
        )

    def _gunicorn(self, service: Service) -> list[str]:
        graceful = ["--graceful-timeout", str(GRACEFUL_SECONDS)]
        options = ["--config", "python:chassis.gunicorn", *graceful, *service.options]
        internal = [self.internal_ports[service.owner]] if "INTERNAL_PORT" in service.needs else []
        ports = [self.ports[service.name], *internal]
        binds = [part for port in ports for part in ("--bind", f"{LOOPBACK}:{port}")]
        return [sys.executable, "-m", "gunicorn", *options, *binds, f"{service.owner}.bootstrap:web()"]

    def _environment(self, service: Service) -> dict[str, str]:
        given = {name: self._value(name, service.owner) for name in service.needs}
        return child_environment(self._backing.home.path, **self._extra, **given)

    def _value(self, name: str, owner: str) -> str:
        backing, vault = self._backing, self._backing.vault
        match name:
            case "DATABASE_URL_FILE":
                return str(vault.put(f"database_url_{owner}", backing.database_url(owner)))
            case "AMQP_URL_FILE":
                return str(vault.put(f"amqp_url_{owner}", backing.amqp_url(owner)))
            case "KEY_ENCRYPTION_KEY_FILE" | "SERVICE_CREDENTIAL_FILE":
                return str(vault.secret_file(name.removesuffix("_FILE").lower()))
            case "INTERNAL_PORT":
                return str(self.internal_ports[owner])
            case "GATEWAY_STATUS_URL":
                return f"http://{LOOPBACK}:{self.gateway_status_port}/status"
            case _:  # AUTH_URL, MESSAGES_URL, RENDERER_URL
                return f"http://{LOOPBACK}:{self.internal_ports[name.removesuffix('_URL').lower()]}"


def _worker(service: Service) -> list[str]:
    return [sys.executable, "-m", service.owner, service.role]
