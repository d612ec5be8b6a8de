"""Wrong passwords, counted for all replicas.

An attempt is counted as a wrong one when it begins, and taken back if it was not: so nobody has more of them by making
many at the same time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from auth.domain.attempts import (
    ACCOUNT_FORGIVES,
    ADDRESS_FORGIVES,
    ADDRESS_KNOWN,
    FAILURES_KEPT,
    NOTHING,
    Patience,
    Record,
    TooManyAttemptsError,
    account_of,
    network_of,
    pause_before_next,
    remaining,
)
from auth.models import LoginAttempts

EVERY_ACCOUNT = b""
EVERY_ADDRESS = ""
# Whoever comes from one address, or tries one nickname, is looked at one after the other.
BY_ADDRESS = text(f"SELECT pg_advisory_xact_lock({0x616464}, hashtext(:network))")
BY_ACCOUNT = text(f"SELECT pg_advisory_xact_lock({0x616363}, hashtext(:account))")
FORGOTTEN_AT_A_TIME = 5000
KEY = (LoginAttempts.account, LoginAttempts.address)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody tries to log in."""

    account: bytes
    network: str

    @classmethod
    def of(cls, nickname: str, address: str, key: bytes) -> "Attempt":
        """Return the attempt to log in as *nickname* from *address*; *key* hides the nickname."""
        return cls(account_of(nickname, key), network_of(address))

    @property
    def keys(self) -> tuple[tuple[bytes, str], tuple[bytes, str], tuple[bytes, str]]:
        """Where it is counted: by both, by account, by address; in the order in which rows are locked."""
        return (self.account, self.network), (self.account, EVERY_ADDRESS), (EVERY_ACCOUNT, self.network)


def begin_attempt(session: Session, attempt: Attempt, patience: Patience, *, now: datetime) -> None:
    """Count the attempt.

    Raises:
        TooManyAttemptsError: Its time has not come yet; it does not count.
    """
    session.execute(BY_ADDRESS, {"network": attempt.network})
    session.execute(BY_ACCOUNT, {"account": attempt.account.hex()})
    pair, account, address = _records(session, attempt.keys)
    if pause := pause_before_next(pair=pair, account=account, address=address, patience=patience, now=now):
        raise TooManyAttemptsError(retry_after=pause)
    counts = (
        remaining(pair, forgives=None, now=now),
        remaining(account, forgives=ACCOUNT_FORGIVES, now=now),
        remaining(address, forgives=ADDRESS_FORGIVES, now=now),
    )
    row = insert(LoginAttempts).values(
        [
            {"account": account, "address": address, "failures": count + 1, "failed_at": now}
            for (account, address), count in zip(attempt.keys, counts, strict=True)
        ]
    )
    counted = {"failures": row.excluded.failures, "failed_at": row.excluded.failed_at}
    session.execute(row.on_conflict_do_update(index_elements=KEY, set_=counted))


def take_back(session: Session, attempt: Attempt) -> None:
    """Do not count the attempt, of which nobody knows whether the password was right."""
    _count_one_less(session, attempt.keys)


def count_success(session: Session, attempt: Attempt, *, now: datetime) -> None:
    """Note the right password: what was wrong from this address is forgotten, and it is known from now on."""
    pair, *others = attempt.keys
    values = {"failures": 0, "failed_at": None, "succeeded_at": now}
    row = insert(LoginAttempts).values(account=pair[0], address=pair[1], **values)
    session.execute(row.on_conflict_do_update(index_elements=KEY, set_=values))
    _count_one_less(session, others)


def forget_attempts(session: Session, *, now: datetime) -> None:
    """Drop some of what makes no difference any more."""
    old = select(*KEY).where(
        or_(LoginAttempts.failed_at.is_(None), LoginAttempts.failed_at < now - FAILURES_KEPT),
        or_(LoginAttempts.succeeded_at.is_(None), LoginAttempts.succeeded_at < now - ADDRESS_KNOWN),
    )
    session.execute(delete(LoginAttempts).where(tuple_(*KEY).in_(old.limit(FORGOTTEN_AT_A_TIME))))


def _count_one_less(session: Session, keys: Sequence[tuple[bytes, str]]) -> None:
    # In this order, as everybody locks them.
    for account, address in keys:
        which = LoginAttempts.account == account, LoginAttempts.address == address
        session.execute(
            update(LoginAttempts).where(*which).values(failures=func.greatest(LoginAttempts.failures - 1, 0))
        )


def _records(session: Session, keys: Sequence[tuple[bytes, str]]) -> list[Record]:
    rows = session.execute(
        select(*KEY, LoginAttempts.failures, LoginAttempts.failed_at, LoginAttempts.succeeded_at).where(
            tuple_(*KEY).in_(keys)
        )
    )
    known = {
        (bytes(row.account), row.address): Record(
            failures=row.failures, failed_at=row.failed_at, succeeded_at=row.succeeded_at
        )
        for row in rows
    }
    return [known.get(key, NOTHING) for key in keys]
