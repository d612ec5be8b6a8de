"""Whether a process lives (`/livez`), is ready (`/readyz`), and what it counts (`/metrics`)."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TypeAlias

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Checks: TypeAlias = Mapping[str, Callable[[], bool]]


class Health:
    """What a process needs to be ready.

    Args:
        checks: By name, whether something of this process's own is usable.
    """

    def __init__(self, checks: Checks) -> None:
        self._checks = checks
        self.is_draining: Callable[[], bool] = lambda: False

    def failing(self) -> list[str]:
        """Return the names of what keeps the process from being ready."""
        failing = [name for name, is_usable in self._checks.items() if not is_usable()]
        return [*failing, "draining"] if self.is_draining() else failing


def create_health(health: Health) -> Blueprint:
    """Return the endpoints; the gateway does not pass them on."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/livez")
    def livez() -> ResponseReturnValue:
        return jsonify(status="alive")

    @blueprint.get("/readyz")
    def readyz() -> ResponseReturnValue:
        failing = health.failing()
        status = HTTPStatus.SERVICE_UNAVAILABLE if failing else HTTPStatus.OK
        return jsonify(status="not ready" if failing else "ready", failing=failing), status

    @blueprint.get("/metrics")
    def metrics() -> ResponseReturnValue:
        return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)

    return blueprint
