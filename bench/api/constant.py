"""A Flask application that does nothing: what everything else is compared with."""

from types import MappingProxyType
from typing import Any

from flask import Flask

from chassis.health import Health

app = Flask(__name__, static_folder=None)
app.extensions["health"] = Health(MappingProxyType({}))  # gunicorn's worker looks at it


@app.get("/api/v1/messages")
def constant() -> dict[str, Any]:
    """Answer always the same."""
    return {"hello": "world"}
