"""What the change feed needs when the database is another one than it was, and what is told of how far it has come."""

from datetime import datetime

import structlog
from sqlalchemy import func, literal_column, select, text, update
from sqlalchemy.orm import Session

from chassis.outbox import add_to_outbox
from contracts import FeedAdvanced
from messages.cursors import Cursor, encode_cursor
from messages.models import Feed

SOURCE = "/messages"

log = structlog.get_logger(__name__)

# A dump that was restored makes new tables, often in another cluster; whoever went back to an earlier state, or over to
# a standby, is on another timeline.
HISTORY = text(
    "SELECT concat_ws(' ', (SELECT system_identifier FROM pg_control_system()),"
    " (SELECT timeline_id FROM pg_control_checkpoint()), 'messages'::regclass::oid)"
)
NO_DEADLINE = text("SET LOCAL statement_timeout = 0")
NEW_EPOCH = func.left(literal_column("gen_random_uuid()::text"), 8)
# Of numbers that this database has not reached, new ones would come to stand before.
RENUMBER = [
    text(f"UPDATE {table} SET updated_at = updated_at WHERE changed_xid > pg_current_xact_id()")  # noqa: S608  # ours
    for table in ("messages", "users")
]


def mark_feed(session: Session, published: Cursor, *, now: datetime) -> None:
    """Tell everybody that all before *published* has been."""
    event = FeedAdvanced(cursor=encode_cursor(published), epoch=published.epoch)
    add_to_outbox(session, event, source=SOURCE, now=now)


def renew_epoch(session: Session) -> bool:
    """Begin a new epoch of the feed if its transaction numbers are of another history; return whether they are.

    Cursors of earlier epochs are refused from then on, and rows whose numbers are not of this database get new ones.
    """
    history = session.scalars(HISTORY).one()
    if session.scalars(select(Feed.history)).one() == history:
        return False
    renewed = session.execute(update(Feed).where(Feed.history != history).values(epoch=NEW_EPOCH, history=history))
    if not renewed.rowcount:  # type: ignore[attr-defined]  # somebody else was faster
        return False
    # However long it takes: until then rows are missed.
    session.execute(NO_DEADLINE)
    for renumber in RENUMBER:
        session.execute(renumber)
    log.warning("feed_begins_anew", history=history)
    return True
