"""Which live client was told of which message."""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any


class Told:
    """What so many *clients* were told; each may tell us from a thread of its own.

    Args:
        on_everywhere: Called once for each message, when all clients were told of it as rendered.
    """

    def __init__(self, *, clients: int, on_everywhere: Callable[[], object]) -> None:
        self._on_everywhere = on_everywhere
        self._states: list[Counter[tuple[int, int]]] = [Counter() for _ in range(clients)]
        self._reached: defaultdict[int, set[int]] = defaultdict(set)
        self._everywhere: set[int] = set()
        self._news = threading.Condition()

    @property
    def everywhere(self) -> int:
        """How many messages all clients were told of."""
        return len(self._everywhere)

    def hear(self, client: int, model: dict[str, Any]) -> None:
        """Note that *client* was told of a message."""
        if model["status"] != "rendered":
            return
        message_id = model["id"]
        with self._news:
            self._states[client][message_id, model["version"]] += 1
            self._reached[message_id].add(client)
            if len(self._reached[message_id]) == len(self._states) and message_id not in self._everywhere:
                self._everywhere.add(message_id)
                self._on_everywhere()
                self._news.notify_all()

    def wait_for(self, count: int, *, seconds: float) -> None:
        """Return once *count* messages are everywhere, or the time is over."""
        with self._news:
            self._news.wait_for(lambda: self.everywhere >= count, seconds)

    def lost(self, ids: Iterable[int]) -> int:
        """Return how many deliveries of the messages *ids* did not come."""
        return sum(len(self._states) - len(self._reached[message_id]) for message_id in ids)

    def doubled(self) -> int:
        """Return how many deliveries told a client of a state, (id, version), that it had been told of."""
        return sum(times - 1 for states in self._states for times in states.values())
