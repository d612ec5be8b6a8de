"""Asks a container how it is, as a kubelet does."""

import socket
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import requests

from tests.workloads import Workload

Probe: TypeAlias = Mapping[str, Any]
# What Kubernetes takes where nothing is said.
PERIOD_SECONDS, TIMEOUT_SECONDS, FAILURE_THRESHOLD = 10, 1, 3


def succeeds(probe: Probe, workload: Workload, *, address: str, execute: Callable[..., bool]) -> bool:
    """Whether a container of *workload* at *address* gives the answer that *probe* wants.

    Args:
        execute: Runs a command in it, and says whether it ended well.
    """
    timeout = probe.get("timeoutSeconds", TIMEOUT_SECONDS)
    match probe:
        case {"httpGet": {"path": path, "port": port}}:
            return _answers(f"http://{address}:{workload.ports[port]}{path}", timeout)
        case {"tcpSocket": {"port": port}}:
            return _listens(address, workload.ports[port], timeout)
        case {"exec": {"command": command}}:
            return execute(*command, seconds=timeout)
    raise ValueError(f"no such probe: {probe}")


def patience_seconds(probe: Probe) -> int:
    """Return for how long *probe* may fail before something is done about it."""
    periods: int = probe.get("failureThreshold", FAILURE_THRESHOLD)
    return periods * int(probe.get("periodSeconds", PERIOD_SECONDS))


def _answers(url: str, timeout: float) -> bool:
    try:
        return requests.get(url, timeout=timeout, allow_redirects=False).ok
    except requests.RequestException:
        return False


def _listens(address: str, port: int, timeout: float) -> bool:
    try:
        with socket.create_connection((address, port), timeout):
            return True
    except OSError:
        return False
