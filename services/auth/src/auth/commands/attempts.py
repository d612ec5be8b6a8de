"""Wrong passwords in a row, counted for all replicas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from auth.domain.attempts import (
    ADDRESS_KNOWN,
    FAILURES_KEPT,
    NOTHING,
    Patience,
    Record,
    TooManyAttemptsError,
    account_of,
    network_of,
    pause_before_next,
)
from auth.models import LoginAttempts

EVERY_ACCOUNT = b""
EVERY_ADDRESS = ""
# One after the other, where it matters: not two passwords of one pause.
LOCK = text(f"SELECT pg_advisory_xact_lock({0x6C6F67}, hashtext(:network))")


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody tries to log in."""

    account: bytes
    network: str

    @classmethod
    def of(cls, nickname: str, address: str) -> "Attempt":
        """Return the attempt to log in as *nickname* from *address*."""
        return cls(account_of(nickname), network_of(address))

    @property
    def keys(self) -> tuple[tuple[bytes, str], tuple[bytes, str], tuple[bytes, str]]:
        """Where it is counted: by both, by account, by address; in the order in which rows are locked."""
        return (self.account, self.network), (self.account, EVERY_ADDRESS), (EVERY_ACCOUNT, self.network)


def admit(session: Session, attempt: Attempt, patience: Patience, *, now: datetime) -> bool:
    """Return whether the attempt was counted as a failure beforehand, which it is where every one counts.

    Raises:
        TooManyAttemptsError: Its time has not come yet.
    """
    if _pause(session, attempt, patience, now) is None:
        return False
    session.execute(LOCK, {"network": attempt.network})
    if _pause(session, attempt, patience, now) is None:
        return False
    count_failure(session, attempt, now=now)
    return True


def _pause(session: Session, attempt: Attempt, patience: Patience, now: datetime) -> timedelta | None:
    pair, account, address = _records(session, attempt.keys)
    pause = pause_before_next(pair=pair, account=account, address=address, patience=patience, now=now)
    if pause:
        raise TooManyAttemptsError(retry_after=pause)
    return pause


def _records(session: Session, keys: Sequence[tuple[bytes, str]]) -> list[Record]:
    which = tuple_(LoginAttempts.account, LoginAttempts.address).in_(keys)
    rows = session.execute(
        select(
            LoginAttempts.account,
            LoginAttempts.address,
            LoginAttempts.failures,
            LoginAttempts.failed_at,
            LoginAttempts.succeeded_at,
        ).where(which)
    )
    known = {
        (bytes(row.account), row.address): Record(
            failures=row.failures, failed_at=row.failed_at, succeeded_at=row.succeeded_at
        )
        for row in rows
    }
    return [known.get(key, NOTHING) for key in keys]


def count_failure(session: Session, attempt: Attempt, *, now: datetime) -> None:
    """Note a wrong password."""
    rows = [
        {"account": account, "address": address, "failures": 1, "failed_at": now} for account, address in attempt.keys
    ]
    one_more = case((LoginAttempts.failed_at > now - FAILURES_KEPT, LoginAttempts.failures + 1), else_=1)
    session.execute(
        insert(LoginAttempts)
        .values(rows)
        .on_conflict_do_update(
            index_elements=[LoginAttempts.account, LoginAttempts.address],
            set_={"failures": one_more, "failed_at": now},
        )
    )


def count_success(session: Session, attempt: Attempt, *, was_counted: bool, now: datetime) -> None:
    """Note the right password: what was wrong from this address is forgotten, and it is known from now on."""
    pair, *others = attempt.keys
    values = {"failures": 0, "failed_at": None, "succeeded_at": now}
    row = insert(LoginAttempts).values(account=pair[0], address=pair[1], **values)
    session.execute(
        row.on_conflict_do_update(index_elements=[LoginAttempts.account, LoginAttempts.address], set_=values)
    )
    if was_counted:
        for account, address in others:
            which = LoginAttempts.account == account, LoginAttempts.address == address
            one_less = func.greatest(LoginAttempts.failures - 1, 0)
            session.execute(update(LoginAttempts).where(*which).values(failures=one_less))


def forget_attempts(session: Session, *, now: datetime) -> None:
    """Drop what makes no difference any more."""
    session.execute(
        delete(LoginAttempts).where(
            or_(LoginAttempts.failed_at.is_(None), LoginAttempts.failed_at < now - FAILURES_KEPT),
            or_(LoginAttempts.succeeded_at.is_(None), LoginAttempts.succeeded_at < now - ADDRESS_KNOWN),
        )
    )
