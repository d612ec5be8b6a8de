"""What became of each request that the load sent."""

from dataclasses import dataclass
from enum import Enum


class Outcome(Enum):
    """What whoever sent a post knows about it."""

    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request and its answer.

    Attributes:
        name: What was asked, for people who read of it.
        began_at: When it was sent, in seconds of the monotonic clock.
        ended_at: When the answer was there, or was given up.
        status: The answer's status code; None if there was no answer.
    """

    name: str
    began_at: float
    ended_at: float
    status: int | None

    @property
    def outcome(self) -> Outcome:
        """2xx is acknowledged, no answer unknown, and everything else refused."""
        if self.status is None:
            return Outcome.UNKNOWN
        return Outcome.ACKNOWLEDGED if 200 <= self.status < 300 else Outcome.REFUSED

    @property
    def promises_nothing_happened(self) -> bool:
        """Whether the answer blames the request: a server's own error may come after the effect."""
        return self.status is not None and 400 <= self.status < 500


@dataclass(frozen=True, kw_only=True)
class Attempt(Request):
    """A post; its source is unique and it is never sent again."""

    source: str
