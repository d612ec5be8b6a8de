"""Runs the constant endpoint as the services run: the same gunicorn settings, and a gateway of the same template."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.native.environment import child_environment
from tools.native.fleet import Fleet
from tools.native.gateway import gateway_program
from tools.native.home import Home
from tools.native.ports import LOOPBACK, PrivatePorts
from tools.native.process import Program
from tools.native.readiness import answers_http
from tools.native.services import ROOT

PATH = "/api/v1/messages"


@contextmanager
def ceiling(folder: Path) -> Iterator[str]:
    """Run it for as long as the block lasts; its address."""
    ports, home = PrivatePorts(), Home(folder)
    app_port, gateway_port = ports.take(), ports.take()
    fleet = Fleet(home)
    fleet.claim(fresh=True)
    try:
        home.logs.mkdir(exist_ok=True)
        fleet.launch([_constant(home, app_port)])
        fleet.wait_ready()
        gateway = gateway_program(
            home,
            port=gateway_port,
            status_port=ports.take(),
            upstream_ports=dict.fromkeys(("auth", "messages", "push"), app_port),
            web_root=home.path / "www",
            environment={"RATE_LIMITS_ENABLED": "false"},
        )
        fleet.launch([gateway])
        fleet.wait_ready()
        yield f"http://{LOOPBACK}:{gateway_port}{PATH}"
    finally:
        fleet.stop()


def _constant(home: Home, port: int) -> Program:
    options = ["--config", "python:chassis.gunicorn", "--bind", f"{LOOPBACK}:{port}"]
    return Program(
        name="constant",
        command=[sys.executable, "-m", "gunicorn", *options, "bench.api.constant:app"],
        folder=ROOT,
        environment=child_environment(home.path),
        is_ready=answers_http(port, PATH),
    )
