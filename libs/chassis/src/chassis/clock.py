"""Where time comes from."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]


def utc_now() -> datetime:
    """Return this instant, in UTC."""
    return datetime.now(UTC)


def epoch_seconds(at: datetime) -> int:
    """Return whole seconds since 1970-01-01 UTC, as every time in the API is given."""
    return int(at.timestamp())
