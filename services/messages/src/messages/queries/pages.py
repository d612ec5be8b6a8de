"""Reads a list page by page, so that whoever goes on from the cursor of each page misses nothing.

Neither times nor sequences can promise that: both are given out before the commit, so what is committed late comes to
stand behind whoever has read on. Here each row has the number (xid) of the transaction that changed it last, and each
page has a **horizon**: the oldest transaction that was under way when it was read. All before it had ended, so the
change feed is complete up to there. Rows beyond are answered too, and read again once more is complete.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Generic, Literal, TypeAlias, TypeVar, cast

from sqlalchemy import ColumnElement, FromClause, Select, bindparam, func, select, true, tuple_
from sqlalchemy.orm import Session

from chassis.xids import Xid8
from messages.cursors import Changed, Cursor, MessageTime, UserTime
from messages.domain import CursorExpiredError
from messages.models import Feed, Message, User

# What a list goes back to when nobody says how far.
RECENT = timedelta(hours=24)

RowT = TypeVar("RowT", Message, User)

HORIZON = func.pg_snapshot_xmin(func.pg_current_snapshot(), type_=Xid8)

# Tables, not models: what is read is shown and forgotten, and models cost more than Postgres does.
FEED = Feed.__table__

# What rows are sorted by: of a table its columns, of a row their values.
SortKey: TypeAlias = Callable[[Any], tuple[Any, ...]]
Order: TypeAlias = Literal["time", "change", "newest"]
Place: TypeAlias = Changed | MessageTime | UserTime


@dataclass(frozen=True, kw_only=True, eq=False)
class Listing(Generic[RowT]):
    """One of the lists.

    Attributes:
        orders: How it may be sorted.
        conditions: Which of its rows may be asked for; they name their values.
        time: A place in its order by time.
        place_of: Where in this list a cursor is.
    """

    table: FromClause
    orders: Mapping[Order, SortKey]
    conditions: Mapping[str, ColumnElement[bool]]
    time: type[MessageTime] | type[UserTime]
    place_of: Callable[[Cursor], Place]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted(Generic[RowT]):
    """What somebody wants to read.

    Attributes:
        conditions: Names of conditions of the listing.
        values: What these ask for.
    """

    listing: Listing[RowT]
    conditions: tuple[str, ...]
    values: Mapping[str, Any]
    limit: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot(Generic[RowT]):
    """What one statement saw.

    Attributes:
        rows: With the attributes of the model, and of no session.
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
    session: Session, wanted: Wanted[RowT], order: Order, *, after: tuple[Any, ...] | None = None
) -> Snapshot[RowT]:
    """Return the first rows of *wanted* in *order*, and the horizon, which must be of the same statement.

    Args:
        after: What the row is sorted by that they come after.
    """
    statement = _statement(wanted.listing, order, wanted.conditions, after is not None)
    place = {f"after_{number}": value for number, value in enumerate(after or ())}
    found = session.execute(statement, {**wanted.values, **place, "rows": wanted.limit + 1}).all()
    rows = cast("Sequence[RowT]", [row for row in found if row.id is not None])
    more = len(rows) > wanted.limit
    return Snapshot(rows=rows[: wanted.limit], more=more, horizon=found[0].horizon, epoch=found[0].epoch)


def read_recent(session: Session, wanted: Wanted[RowT]) -> tuple[Snapshot[RowT], Place]:
    """Return the first of *wanted* by time, and the place after them; the change feed follows on the last."""
    seen = read_snapshot(session, wanted, "time")
    return seen, _place_by_time(wanted.listing, seen, again=seen.horizon)


def read_on(session: Session, wanted: Wanted[RowT], cursor: Cursor) -> tuple[Snapshot[RowT], Place]:
    """Return those of *wanted* that follow on *cursor*, and the place after them.

    Raises:
        CursorExpiredError: The cursor is of another epoch.
    """
    place = wanted.listing.place_of(cursor)
    after: Place
    if isinstance(place, Changed):
        seen, after = _read_feed(session, wanted, _back_if_complete(session, place))
    else:
        seen = read_snapshot(session, wanted, "time", after=place.key)
        after = _place_by_time(wanted.listing, seen, again=place.again)
        # On the last row follows the change feed, with what came since the first page.
        seen = replace(seen, more=True)
    if seen.epoch != cursor.epoch:
        raise CursorExpiredError("This cursor is from before a backup was restored; please begin without one.")
    return seen, after


def _read_feed(session: Session, wanted: Wanted[RowT], place: Changed) -> tuple[Snapshot[RowT], Changed]:
    seen = read_snapshot(session, wanted, "change", after=place.key)
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


# To put a statement together takes longer than most take to run; there are some dozens of them.
@lru_cache(maxsize=100)
def _statement(listing: Listing[Any], order: Order, conditions: tuple[str, ...], is_resumed: bool) -> Select[Any]:  # noqa: FBT001
    columns = listing.orders[order](listing.table.c)
    rows = select(listing.table).where(*(listing.conditions[name] for name in conditions))
    if is_resumed:
        rows = rows.where(_after(columns))
    first = rows.order_by(*columns).limit(bindparam("rows")).subquery()
    now = select(HORIZON.label("horizon"), FEED.c.epoch).subquery()
    # An outer join, since there is a horizon even where there is no row.
    both = select(now.c.horizon, now.c.epoch, first).join_from(now, first, true(), isouter=True)
    return both.order_by(*listing.orders[order](first.c))


def _after(columns: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
    values = [bindparam(f"after_{number}", type_=column.type) for number, column in enumerate(columns)]
    return tuple_(*columns) > tuple_(*values)


def _place_by_time(listing: Listing[RowT], seen: Snapshot[RowT], again: int) -> Place:
    if not seen.more:
        return Changed.since(again)
    return listing.time(key=listing.orders["time"](seen.rows[-1]), again=again)
