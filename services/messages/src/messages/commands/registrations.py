"""Registrations that somebody may ask for again, since nobody knows whether the answer has arrived."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from messages.models import Registration, User

# Whoever lost the answer asks again within this time, or logs in.
KEPT = timedelta(minutes=10)


def begin_registration(session: Session, user_id: int, *, now: datetime) -> None:
    """Note that *user_id* has not been answered yet."""
    session.add(Registration(user_id=user_id, begun_at=now))


def finish_registration(session: Session, user_id: int) -> None:
    """Note that *user_id* has been answered."""
    session.execute(delete(Registration).where(Registration.user_id == user_id))


def unanswered_user(session: Session, nickname: str, *, now: datetime) -> User | None:
    """Return who registered as *nickname* a moment ago and was not answered."""
    begun = Registration.begun_at > now - KEPT
    return session.scalar(select(User).join(Registration).where(User.nickname == nickname, begun))


def forget_registrations(session: Session, now: datetime) -> None:
    """Drop those that nobody has asked for again."""
    session.execute(delete(Registration).where(Registration.begun_at < now - KEPT))
