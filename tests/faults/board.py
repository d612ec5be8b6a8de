"""What one client knows of the messages, merged by id and version."""

import threading
from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]


class Board:
    """The newest version of each message that a client was told of, in whatever order they came."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest: dict[int, Json] = {}

    def merge(self, messages: Iterable[Json]) -> None:
        """Take over what is newer than what is known; the rest has been seen."""
        with self._lock:
            for message in messages:
                known = self._newest.get(message["id"])
                if known is None or known["version"] < message["version"]:
                    self._newest[message["id"]] = message

    def rendered(self) -> frozenset[str]:
        """Return the sources of the messages that stand there rendered."""
        with self._lock:
            return frozenset(one["source"] for one in self._newest.values() if one["status"] == "rendered")
