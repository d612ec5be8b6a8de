"""Who publishes what, as the source of the services says it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from contracts import EVENTS

SERVICES = Path(__file__).parents[2] / "services"
CLASSES = {event.__name__: event.type for event in EVENTS.values()}


def services() -> list[str]:
    """Return the names of all services."""
    return sorted(folder.name for folder in SERVICES.iterdir() if (folder / "pyproject.toml").exists())


def published_by(service: str) -> set[str]:
    """Return the types of the events that *service* makes: it tells what it makes."""
    return {CLASSES[name] for call in calls_in(service) for name in _names(call.func) if name in CLASSES}


def calls_in(service: str) -> Iterator[ast.Call]:
    """Yield every call in the source of *service*."""
    for file in sorted((SERVICES / service / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield node


def _names(called: ast.expr) -> Iterator[str]:
    # What is called may be one of two: `(ClientConnected if is_open else ClientDisconnected)(…)`.
    return (node.id for node in ast.walk(called) if isinstance(node, ast.Name))
