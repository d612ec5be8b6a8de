"""Guessing passwords is slowed down, in a way that does not lock anybody out.

Wrong passwords in a row are counted by nickname and address together, so that whoever guesses slows down themselves
only. While many addresses guess one nickname, those that its owner has used before go on as ever, and any other has a
few tries.
"""

import hmac
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Final

from contracts import nickname_key

# Wrong passwords for a nickname from an address are forgotten after so long without another.
FAILURES_KEPT: Final = timedelta(hours=1)
# Of those from everywhere, and of those for all nicknames, one is forgotten each time that so long has passed.
ACCOUNT_FORGIVES: Final = timedelta(seconds=36)
ADDRESS_FORGIVES: Final = timedelta(seconds=6)
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
    """What is known of wrong passwords, of one kind.

    Attributes:
        failures: How many counted when the last one came, that one included.
    """

    failures: float = 0.0
    failed_at: datetime | None = None
    succeeded_at: datetime | None = None


NOTHING: Final = Record()


def remaining(record: Record, *, forgives: timedelta | None, now: datetime) -> float:
    """Return how many wrong passwords still count.

    Args:
        forgives: After how long each time one of them is forgotten; None is all at once, after `FAILURES_KEPT`.
    """
    if record.failed_at is None:
        return 0.0
    passed = max(timedelta(0), now - record.failed_at)
    if forgives is None:
        return record.failures if passed < FAILURES_KEPT else 0.0
    return max(0.0, record.failures - passed / forgives)


def pause_before_next(
    *, pair: Record, account: Record, address: Record, patience: Patience, now: datetime
) -> timedelta:
    """Return how long to wait before one more password is looked at.

    Args:
        pair: Of this nickname, from this address.
        account: Of this nickname, from everywhere.
        address: Of all nicknames, from this address.
    """
    is_known = pair.succeeded_at is not None and now - pair.succeeded_at < ADDRESS_KNOWN
    is_attacked = remaining(account, forgives=ACCOUNT_FORGIVES, now=now) >= patience.for_one
    pause = _pause(pair, patience.stranger if is_attacked and not is_known else patience.at_one, now)
    if patience.from_one is None or is_known:
        return pause
    too_many = remaining(address, forgives=ADDRESS_FORGIVES, now=now) - (patience.from_one - 1)
    return max(pause, ADDRESS_FORGIVES * too_many)


def _pause(pair: Record, free: int, now: datetime) -> timedelta:
    beyond = int(remaining(pair, forgives=None, now=now)) - free
    if beyond < 0 or pair.failed_at is None:
        return timedelta(0)
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(beyond, 16)))
    return max(timedelta(0), pair.failed_at + pause - now)


def account_of(nickname: str, key: bytes) -> bytes:
    """Return what stands for *nickname* where attempts are counted: somebody may have typed a password there.

    Args:
        key: Without it, nobody finds out by trying.
    """
    return hmac.digest(key, nickname_key(nickname).encode(errors="surrogatepass"), "sha256")[:16]


def network_of(address: str) -> str:
    """Return what stands for *address*: of IPv6, everybody has at least a /64 of their own."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)
