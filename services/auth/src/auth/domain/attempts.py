"""Guessing passwords is slowed down, in a way that does not lock anybody out.

Wrong passwords in a row are counted by nickname and address together, so that whoever guesses slows down themselves
only. While many addresses guess one nickname, those that its owner has used before go on as ever, and any other has a
few tries.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Final

from contracts import nickname_key

# Wrong passwords in a row are forgotten after so long without another.
FAILURES_KEPT: Final = timedelta(hours=1)
# An address from which somebody has logged in is known as theirs for so long.
ADDRESS_KNOWN: Final = timedelta(days=30)
FIRST_PAUSE: Final = timedelta(seconds=1)
LONGEST_PAUSE: Final = timedelta(minutes=1)


class TooManyAttemptsError(Exception):
    """Too many wrong passwords in a row."""

    def __init__(self, *, retry_after: timedelta) -> None:
        """Say when the next one will be looked at."""
        self.retry_after_seconds = max(1, math.ceil(retry_after.total_seconds()))
        super().__init__(f"Too many wrong passwords; please try again in {self.retry_after_seconds} s.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How many wrong passwords in a row cost nothing.

    Attributes:
        at_one: For one nickname, from one address.
        for_one: For one nickname, from everywhere. After that, addresses that its owner never used have `stranger`.
        from_one: From one address, for all nicknames together; None is no bound.
    """

    at_one: int = 10
    for_one: int = 100
    stranger: int = 3
    from_one: int | None = 100


# Without limits, NIST's remain (SP 800-63B section 5.2.2: no more than 100 in a row).
UNLIMITED: Final = Patience(at_one=100, for_one=100, stranger=100, from_one=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """What is known of wrong passwords in a row, of one kind."""

    failures: int = 0
    failed_at: datetime | None = None
    succeeded_at: datetime | None = None

    def failures_at(self, now: datetime) -> int:
        """Return how many count at *now*."""
        return self.failures if self.failed_at and now - self.failed_at < FAILURES_KEPT else 0


NOTHING: Final = Record()


def pause_before_next(
    *, pair: Record, account: Record, address: Record, patience: Patience, now: datetime
) -> timedelta | None:
    """Return how long to wait before one more password is looked at; zero is not at all, None is that none was wrong.

    Args:
        pair: Of this nickname, from this address.
        account: Of this nickname, from everywhere.
        address: Of all nicknames, from this address.
    """
    is_known = pair.succeeded_at is not None and now - pair.succeeded_at < ADDRESS_KNOWN
    is_attacked = account.failures_at(now) >= patience.for_one
    free = patience.stranger if is_attacked and not is_known else patience.at_one
    pauses = [_pause(pair, free, now)]
    if patience.from_one is not None and not is_known:
        pauses.append(_pause(address, patience.from_one, now))
    return max((pause for pause in pauses if pause is not None), default=None)


def _pause(record: Record, free: int, now: datetime) -> timedelta | None:
    beyond = record.failures_at(now) - free
    if beyond < 0 or record.failed_at is None:
        return None
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(beyond, 16)))
    return max(timedelta(0), record.failed_at + pause - now)


def account_of(nickname: str) -> bytes:
    """Return what stands for *nickname* where attempts are counted: somebody may have typed a password there."""
    return hashlib.sha256(nickname_key(nickname).encode(errors="surrogatepass")).digest()[:16]


def network_of(address: str) -> str:
    """Return what stands for *address*: of IPv6, everybody has at least a /64 of their own."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)
