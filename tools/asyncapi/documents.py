"""The documents that there are, and where they belong."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from tools.asyncapi import events, sockets
from tools.asyncapi.parts import Json

FOLDER = Path(__file__).parents[2] / "docs" / "asyncapi"
DOCUMENTS: Mapping[str, Callable[[], Json]] = MappingProxyType(
    {"events.json": events.document, "sockets.json": sockets.document}
)


def text(name: str) -> str:
    """Return what belongs into the file *name*."""
    return json.dumps(DOCUMENTS[name](), indent=2, ensure_ascii=False) + "\n"
