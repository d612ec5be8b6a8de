"""Reads a list page by page, so that whoever goes on from the cursor of each page misses nothing.

Neither times nor sequences can promise that: both are given out before the commit, so what is committed late comes to
stand behind whoever has read on. Here each row has the number (xid) of the transaction that changed it last, and each
page has a **horizon**: the oldest transaction that was under way when it was read. All before it had ended, so the
change feed is complete up to there. Rows beyond are answered too, and read again once more is complete.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Select, func, literal, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from messages.cursors import Changed, Cursor, MessageTime, UserTime
from messages.domain import CursorExpiredError
from messages.models import Feed, Message, User, Xid8

# What a list goes back to when nobody says how far.
RECENT = timedelta(hours=24)

RowT = TypeVar("RowT", Message, User)

HORIZON = func.pg_snapshot_xmin(func.pg_current_snapshot(), type_=Xid8)

# What rows are sorted by: the columns of a class, or the values of a row.
SortKey: TypeAlias = Callable[[Any], tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing(Generic[RowT]):
    """One of the lists.

    Attributes:
        by_time: Its order for who comes without a cursor.
        time: A place in that order.
        place_of: Where in this list a cursor is.
    """

    kind: type[RowT]
    by_time: SortKey
    time: type[MessageTime] | type[UserTime]
    place_of: Callable[[Cursor], Changed | MessageTime | UserTime]


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot(Generic[RowT]):
    """What one statement saw.

    Attributes:
        more: Whether there are rows beyond the limit.
        horizon: An xid; all transactions before have ended, and what they did was there to be seen.
        epoch: What the horizon is a number of.
    """

    rows: Sequence[RowT]
    more: bool
    horizon: int
    epoch: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Page(Generic[RowT]):
    """What is answered: rows, whether there are more right now, and where to go on in any case."""

    rows: Sequence[RowT]
    more: bool
    cursor: Cursor


def since(updated_since: int, now: datetime) -> datetime:
    """Return the instant of *updated_since*, in epoch seconds; 0 is 24 hours ago."""
    return datetime.fromtimestamp(updated_since, UTC) if updated_since else now - RECENT


def by_change(row: Any) -> tuple[Any, ...]:
    """Return what the change feed is sorted by: xids as what they are, for as text 10 comes before 9."""
    return row.changed_xid, row.id


def read_snapshot(
    session: Session, kind: type[RowT], rows: Select[RowT], sort_key: SortKey, limit: int
) -> Snapshot[RowT]:
    """Return the first *limit* of *rows*, and the horizon, which must be of the same statement."""
    first = aliased(kind, rows.order_by(*sort_key(kind)).limit(limit + 1).subquery())
    horizon = select(HORIZON.label("xid"), Feed.epoch).subquery()
    # An outer join, since there is a horizon even where there is no row.
    both = select(horizon.c.xid, horizon.c.epoch, first).join_from(horizon, first, true(), isouter=True)
    found = session.execute(both.order_by(*sort_key(first))).all()
    seen = [row for _, _, row in found if row is not None]
    return Snapshot(rows=seen[:limit], more=len(seen) > limit, horizon=found[0].xid, epoch=found[0].epoch)


def read_recent(
    session: Session, listing: Listing[RowT], rows: Select[RowT], limit: int
) -> tuple[Snapshot[RowT], Changed | MessageTime | UserTime]:
    """Return the first of *rows* by time, and the place after them; the change feed follows on the last."""
    seen = read_snapshot(session, listing.kind, rows, listing.by_time, limit)
    return seen, _place_by_time(listing, seen, again=seen.horizon)


def read_on(
    session: Session, listing: Listing[RowT], rows: Select[RowT], cursor: Cursor, limit: int
) -> tuple[Snapshot[RowT], Changed | MessageTime | UserTime]:
    """Return those of *rows* that follow on *cursor*, and the place after them.

    Raises:
        CursorExpiredError: The cursor is of another epoch.
    """
    place = listing.place_of(cursor)
    after: Changed | MessageTime | UserTime
    if isinstance(place, Changed):
        seen, after = _read_feed(session, listing.kind, rows, _back_if_complete(session, place), limit)
    else:
        rows = rows.where(_after(listing.by_time(listing.kind), place.key))
        seen = read_snapshot(session, listing.kind, rows, listing.by_time, limit)
        after = _place_by_time(listing, seen, again=place.again)
        # On the last row follows the change feed, with what came since the first page.
        seen = replace(seen, more=True)
    if seen.epoch != cursor.epoch:
        raise CursorExpiredError("This cursor is from before a backup was restored; please begin without one.")
    return seen, after


def _read_feed(
    session: Session, kind: type[RowT], rows: Select[RowT], place: Changed, limit: int
) -> tuple[Snapshot[RowT], Changed]:
    rows = rows.where(_after(by_change(kind), place.key))
    seen = read_snapshot(session, kind, rows, by_change, limit)
    again = seen.horizon if place.again is None else place.again
    if not seen.more:
        return seen, Changed.since(again)
    xid, row_id = by_change(seen.rows[-1])
    return seen, Changed(key=(xid, row_id), again=None if xid < again else again)


def _back_if_complete(session: Session, place: Changed) -> Changed:
    """Return where to go back to if all that *place* is beyond has ended; what came late is then read at once.

    Without it, that would wait for the last row, which does not come as long as somebody writes faster than one reads.
    """
    if place.again is None or place.key[0] >= session.scalars(select(HORIZON)).one():
        return place
    return Changed.since(place.again)


def _after(columns: Sequence[ColumnElement[Any]], key: Sequence[Any]) -> ColumnElement[bool]:
    values = [literal(value, column.type) for column, value in zip(columns, key, strict=True)]
    return tuple_(*columns) > tuple_(*values)


def _place_by_time(listing: Listing[RowT], seen: Snapshot[RowT], again: int) -> Changed | MessageTime | UserTime:
    return listing.time(key=listing.by_time(seen.rows[-1]), again=again) if seen.more else Changed.since(again)
