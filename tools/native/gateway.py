"""nginx in front of everything, from the same template as in containers."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from tools.native.environment import child_environment
from tools.native.errors import MissingProgramError
from tools.native.home import Home
from tools.native.ports import LOOPBACK
from tools.native.process import Program
from tools.native.programs import find
from tools.native.readiness import answers_http
from tools.native.services import ROOT

TEMPLATE = ROOT / "gateway" / "nginx.conf.template"
# In capitals; nginx's own variables are not.
PLACEHOLDER = re.compile(r"\$\{([A-Z_]+)\}")

# What may be set for the gateway, and what stands otherwise; the same as in its Dockerfile.
SETTINGS: Mapping[str, str] = {
    "RATE_LIMITS_ENABLED": "true",
    "REQUESTS_PER_SECOND": "200",
    "REQUESTS_AT_ONCE": "1000",
    "CONNECTS_PER_SECOND": "50",
    "CONNECTS_AT_ONCE": "500",
    "ALLOWED_ORIGINS": "",
    "TRUSTED_PROXIES": "255.255.255.255",  # nobody
}


def gateway_program(
    home: Home,
    *,
    port: int,
    status_port: int,
    upstream_ports: Mapping[str, int],
    web_root: Path,
    environment: Mapping[str, str],
) -> Program:
    """Return how to run the gateway on *port*.

    Args:
        status_port: Where it tells of itself.
        upstream_ports: By name of the service, where it listens.
        environment: Settings of the whole system, its own among them.

    Raises:
        MissingProgramError: There is no nginx.
    """
    nginx = find("nginx")
    if nginx is None:
        raise MissingProgramError("nginx is missing: please install it.")
    folder = home.path / "gateway"
    folder.mkdir(mode=0o700, exist_ok=True)
    configuration = folder / "nginx.conf"
    values = _values(folder, port, status_port, web_root) | _upstreams(upstream_ports) | _settings(environment)
    configuration.write_text(fill(TEMPLATE.read_text(encoding="utf-8"), values), encoding="utf-8")
    return Program(
        name="gateway",
        command=[str(nginx), "-p", str(folder), "-e", "stderr", "-c", str(configuration), "-g", _directives()],
        folder=folder,
        environment=child_environment(home.path),
        is_ready=answers_http(port, "/livez"),
        prepare=lambda: (folder / "nginx.pid").unlink(missing_ok=True),
        stop_seconds=3,
    )


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return *template* with its placeholders replaced; one without a value is a KeyError."""
    return PLACEHOLDER.sub(lambda match: values[match[1]], template)


def _values(folder: Path, port: int, status_port: int, web_root: Path) -> dict[str, str]:
    return {
        "LISTEN": f"{LOOPBACK}:{port}",
        "STATUS_LISTEN": f"{LOOPBACK}:{status_port}",
        "NGINX_LOCAL_RESOLVERS": LOOPBACK,  # not asked: the servers have addresses
        "STATE_DIR": str(folder),
        "WEB_ROOT": str(web_root),
        "WORKERS": "auto",
    }


def _upstreams(ports: Mapping[str, int]) -> dict[str, str]:
    return {f"{name.upper()}_SERVERS": f"server {LOOPBACK}:{port};" for name, port in ports.items()}


def _settings(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: environment.get(name, default) for name, default in SETTINGS.items()}


def _directives() -> str:
    # As root, nginx would hand its workers to a user who may not be able to read the clone.
    return "daemon off; user root;" if os.geteuid() == 0 else "daemon off;"
