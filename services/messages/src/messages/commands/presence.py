"""Who comes and who goes.

Somebody is there while a connection of theirs is open at a replica of push that was heard of lately, and for a while
after their last request. `User.online` says so to everybody. Only what is here changes it, and in two steps: the users
are locked, then what counts is looked at anew. Of two transactions that each know a half, the later one so knows both.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BigInteger,
    ColumnElement,
    column,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts import ClientConnected, ClientDisconnected
from messages.commands.users import tell
from messages.domain import ONLINE_FOR, SILENCE
from messages.models import Connection, Replica, User

# A page that is loaded again closes its connection and opens another.
RELOAD: Final = timedelta(seconds=2)
# A closed connection is remembered until nothing about it can be on its way any more.
REMEMBERED: Final = timedelta(hours=1)
AT_A_TIME: Final = 500
INSTANT: Final = TIMESTAMP(timezone=True)
FORGOTTEN_AT_A_TIME: Final = 5000

Connections: TypeAlias = Collection[ClientConnected] | Collection[ClientDisconnected]
KEY: Final = (Connection.replica_id, Connection.client_id, Connection.user_id)


def open_connections(session: Session, connected: Collection[ClientConnected], *, now: datetime) -> None:
    """Note that the users of connections are there; what is known already, or closed, stays as it is."""
    _know_replicas(session, {event.replica for event in connected}, now)
    session.execute(insert(Connection).values(_rows(connected, closed_at=None)).on_conflict_do_nothing())
    users = {event.user_id for event in connected}
    _see(session, users, now)
    _bring_online(session, users, now)


def close_connections(session: Session, disconnected: Collection[ClientDisconnected], *, now: datetime) -> None:
    """Close connections, those too that are not known yet; `take_offline` looks after their users."""
    _know_replicas(session, {event.replica for event in disconnected}, now)
    row = insert(Connection).values(_rows(disconnected, closed_at=now))
    is_open = Connection.closed_at.is_(None)
    session.execute(row.on_conflict_do_update(index_elements=KEY, set_={"closed_at": now}, where=is_open))
    _see(session, {event.user_id for event in disconnected}, now)


def hear_replica(session: Session, replica_id: str, *, client_count: int, now: datetime) -> None:
    """Note that a replica lives; if it was silent for long, whoever is connected to it is there again."""
    _know_replicas(session, {replica_id}, now)
    replica = session.get_one(Replica, replica_id, with_for_update={"key_share": True})
    was_silent = replica.heard_at <= now - SILENCE
    replica.heard_at, replica.client_count = max(replica.heard_at, now), client_count
    if was_silent:
        session.flush()
        there = select(Connection.user_id).where(Connection.replica_id == replica_id, Connection.closed_at.is_(None))
        users = session.scalars(there).all()
        _lock(session, users)
        _bring_online(session, users, now)


def note_requests(session: Session, requests: Mapping[int, datetime], *, now: datetime) -> None:
    """Note when users last asked something, by their ids; who was not there comes online."""
    _lock(session, requests)
    ids, instants = literal(list(requests), ARRAY(BigInteger)), literal(list(requests.values()), ARRAY(INSTANT))
    asked = func.unnest(ids, instants).table_valued(column("id", BigInteger), column("at", INSTANT)).render_derived()
    latest = {
        "last_request_at": func.greatest(User.last_request_at, asked.c.at),
        "last_seen_at": func.greatest(User.last_seen_at, asked.c.at),
    }
    session.execute(update(User).where(User.id == asked.c.id).values(latest))
    _bring_online(session, requests, now)


def take_offline(session: Session, *, silence: timedelta | None = SILENCE, now: datetime) -> int:
    """Note that users are not there any more, at most `AT_A_TIME`; return how many there were.

    Args:
        silence: How long nothing may be heard of a replica; None where nobody has listened for so long.
    """
    gone = ~_has_asked(now), ~_is_connected(now, patience=RELOAD, silence=silence)
    ids = select(User.id).where(User.online, *gone).limit(AT_A_TIME)
    locked = session.scalars(ids.with_for_update(key_share=True, skip_locked=True)).all()
    left = update(User).where(User.id.in_(locked), *gone).values(online=False, updated_at=now)
    users = session.scalars(left.returning(User)).all()
    tell(session, users, now)
    return len(users)


def forget_connections(session: Session, *, now: datetime) -> None:
    """Forget what was closed long ago, and replicas that are long gone."""
    closed = select(*KEY).where(Connection.closed_at < now - REMEMBERED).limit(FORGOTTEN_AT_A_TIME)
    session.execute(delete(Connection).where(tuple_(*KEY).in_(closed)))
    session.execute(delete(Replica).where(Replica.heard_at < now - REMEMBERED))


def _know_replicas(session: Session, ids: Iterable[str], now: datetime) -> None:
    """Have rows for replicas to refer to; what is first heard of one is that it lives."""
    rows = [{"id": each, "heard_at": now, "client_count": 0} for each in sorted(ids)]
    session.execute(insert(Replica).values(rows).on_conflict_do_nothing())


def _rows(events: Connections, *, closed_at: datetime | None) -> list[dict[str, object]]:
    keys = sorted({(event.replica, event.client_id, event.user_id) for event in events})
    return [{"replica_id": r, "client_id": c, "user_id": u, "closed_at": closed_at} for r, c, u in keys]


def _lock(session: Session, ids: Iterable[int]) -> None:
    # In one order for all. Not against what refers to the users: their posts go on.
    session.execute(select(User.id).where(User.id.in_(ids)).order_by(User.id).with_for_update(key_share=True))


def _see(session: Session, ids: Collection[int], now: datetime) -> None:
    _lock(session, ids)
    session.execute(update(User).where(User.id.in_(ids), User.last_seen_at < now).values(last_seen_at=now))


def _bring_online(session: Session, ids: Collection[int], now: datetime) -> None:
    """Show as online who is there of the users of *ids*, which are locked."""
    there = or_(_has_asked(now), _is_connected(now, patience=timedelta(0), silence=SILENCE))
    came = update(User).where(User.id.in_(ids), ~User.online, there).values(online=True, updated_at=now)
    tell(session, session.scalars(came.returning(User)).all(), now)


def _has_asked(now: datetime) -> ColumnElement[bool]:
    return func.coalesce(User.last_request_at > now - ONLINE_FOR, False)


def _is_connected(now: datetime, *, patience: timedelta, silence: timedelta | None) -> ColumnElement[bool]:
    connection = exists().where(Connection.user_id == User.id, Connection.replica_id == Replica.id)
    is_open = or_(Connection.closed_at.is_(None), Connection.closed_at > now - patience)
    return connection.where(is_open, *([] if silence is None else [Replica.heard_at > now - silence]))
