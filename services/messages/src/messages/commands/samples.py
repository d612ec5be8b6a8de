"""What is written down of the gateway's traffic."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from messages.models import GatewaySample

KEPT: Final = timedelta(minutes=1)


def note_requests_answered(session: Session, counts: Mapping[str, int], *, now: datetime) -> None:
    """Note how many requests each gateway has had since it started, and forget what was noted long ago."""
    rows = [{"gateway": gateway, "sampled_at": now, "requests": count} for gateway, count in counts.items()]
    if rows:
        session.execute(insert(GatewaySample).values(rows).on_conflict_do_nothing())
    session.execute(delete(GatewaySample).where(GatewaySample.sampled_at < now - KEPT))
