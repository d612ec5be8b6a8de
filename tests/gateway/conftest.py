"""The gateway by itself: nginx with our template, and one upstream for all services."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.gateway.upstream import Upstream
from tools.native.gateway import gateway_program
from tools.native.home import Home
from tools.native.ports import PrivatePorts
from tools.native.process import Process


@dataclass(frozen=True)
class Gateway:
    """One that runs.

    Attributes:
        url, status_url: What clients reach, and what it tells us; without a slash at the end.
        web_root: The files that it serves.
    """

    url: str
    status_url: str
    web_root: Path


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    running = Upstream()
    yield running
    running.close()


@pytest.fixture
def run_gateway(upstream: Upstream, tmp_path: Path) -> Iterator[Callable[..., Gateway]]:
    """Runs a gateway with the given settings."""
    with ExitStack() as undo:

        def run(**environment: str) -> Gateway:
            ports = PrivatePorts()
            port, status_port = ports.take(), ports.take()
            web_root = tmp_path / "www"
            web_root.mkdir()
            program = gateway_program(
                Home(tmp_path),
                port=port,
                status_port=status_port,
                upstream_ports=dict.fromkeys(("auth", "messages", "push"), upstream.port),
                web_root=web_root,
                environment=environment,
            )
            process = Process(program, log_path=tmp_path / "gateway.log")
            undo.callback(process.stop)
            process.start()
            process.wait_ready()
            return Gateway(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{status_port}", web_root)

        yield run


@pytest.fixture
def gateway(run_gateway: Callable[..., Gateway]) -> Gateway:
    """One that limits nobody."""
    return run_gateway(RATE_LIMITS_ENABLED="false")
