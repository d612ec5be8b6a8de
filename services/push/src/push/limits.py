"""How much a client may ask: token buckets, which fill up again as time goes by."""

import math
import time
from collections.abc import Callable
from typing import Final

EVENTS_PER_SECOND: Final = 20
EVENTS_AT_ONCE: Final = 60
# No client of ours comes near it, limited or not: whoever does is cut off.
PACKETS_PER_SECOND: Final = 200
PACKETS_AT_ONCE: Final = 1_000
# Of a WebSocket; a packet may come in some, and there are those that are none of a packet.
FRAMES_PER_SECOND: Final = 2_000
FRAMES_AT_ONCE: Final = 10_000


class TooManyEventsError(Exception):
    """A client asks more than anybody should."""

    def __init__(self, wait_seconds: float) -> None:
        """Say when there will be room for one more."""
        self.retry_after_seconds = max(1, math.ceil(wait_seconds))
        super().__init__(f"Please slow down, and try again in {self.retry_after_seconds} s.")


class Bucket:
    """A token bucket: so many a second, and so many at once.

    Args:
        clock: Seconds that never go back.
    """

    __slots__ = ("_at_once", "_clock", "_filled_at", "_left", "_per_second")

    def __init__(self, per_second: float, at_once: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._at_once = self._left = at_once
        self._clock = clock
        self._filled_at = clock()

    def take(self) -> float:
        """Take one and return 0.0; or leave it, and return in how many seconds there will be one."""
        now = self._clock()
        self._left = min(self._at_once, self._left + (now - self._filled_at) * self._per_second)
        self._filled_at = now
        if self._left < 1:
            return (1 - self._left) / self._per_second
        self._left -= 1
        return 0.0


class Limits:
    """How much each client may still ask.

    Args:
        is_enabled: Whether anybody is ever told to slow down.
        clock: Seconds that never go back.
    """

    def __init__(self, *, is_enabled: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._is_enabled = is_enabled
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}

    def __len__(self) -> int:
        """Return how many clients there are."""
        return len(self._buckets)

    def add(self, client_id: str) -> None:
        """Let a client ask as much as anybody may at once."""
        if self._is_enabled:
            self._buckets[client_id] = Bucket(EVENTS_PER_SECOND, EVENTS_AT_ONCE, self._clock)

    def use_up(self, client_id: str) -> None:
        """Count one thing that a client asks.

        Raises:
            TooManyEventsError: It is one too many; it does not count.
        """
        bucket = self._buckets.get(client_id)
        if bucket is not None and (wait_seconds := bucket.take()):
            raise TooManyEventsError(wait_seconds)

    def remove(self, client_id: str) -> None:
        """Forget a client; harmless if it is not known."""
        self._buckets.pop(client_id, None)
