"""How busy the whole system is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from messages.domain import SILENCE
from messages.models import GatewaySample, Replica, Task, User

WINDOW: Final = timedelta(seconds=15)
# The gateway is asked every so often; a step between two answers that is twice as long says nothing of when.
SAMPLE_EVERY: Final = timedelta(seconds=3)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stats:
    """How busy it has been in the last fifteen seconds, and who is there right now.

    Attributes:
        requests_per_second: Answered by the gateway, whoever had the answer.
        messages_per_second: Posted.
        connected_clients: Sockets, anonymous ones included.
        online_users: Those shown as online.
    """

    requests_per_second: float
    messages_per_second: float
    connected_clients: int
    online_users: int


def stats_of(session: Session, now: datetime) -> Stats:
    """Return them."""
    posted = select(func.count()).where(Task.kind == "post", Task.created_at > now - WINDOW)
    clients = select(func.coalesce(func.sum(Replica.client_count), 0)).where(Replica.heard_at > now - SILENCE)
    online = select(func.count()).select_from(User).where(User.online)
    parts: list[Any] = [each.scalar_subquery() for each in (_answered(now), posted, clients, online)]
    answered, messages, connected, there = session.execute(select(*parts)).one()
    return Stats(
        requests_per_second=round(int(answered) / WINDOW.total_seconds(), 2),
        messages_per_second=round(messages / WINDOW.total_seconds(), 2),
        connected_clients=int(connected),
        online_users=there,
    )


def _answered(now: datetime) -> Select[int]:
    """Return how many requests came in the steps that ended within the window; those that asked do not count."""
    sample = GatewaySample
    before = func.lag(sample.requests).over(partition_by=sample.gateway, order_by=sample.sampled_at)
    steps = select(sample.sampled_at, sample.requests, before.label("before"))
    steps_lately = steps.where(sample.sampled_at > now - WINDOW - 2 * SAMPLE_EVERY).subquery()
    # A counter that goes back has begun anew.
    base = case((steps_lately.c.requests >= steps_lately.c.before, steps_lately.c.before), else_=0)
    grown = func.coalesce(func.sum(steps_lately.c.requests - base - 1), 0)
    return select(grown).where(steps_lately.c.sampled_at > now - WINDOW, steps_lately.c.before.is_not(None))
