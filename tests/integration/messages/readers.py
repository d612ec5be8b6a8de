"""Those who read the lists, and those who write what is in them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from chassis.inbox import Received
from contracts import MessageRendered
from messages.commands.messages import Draft, post_message
from messages.commands.renderings import set_html
from messages.cursors import Cursor
from messages.models import Feed, Message
from messages.queries.messages import follow_messages, list_messages
from messages.queries.pages import Page

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MAX_PAGES = 10_000

Sessions = sessionmaker[Session]


def post(session: Session, author_id: int, *, now: datetime = NOON) -> int:
    """Post a message and return its id."""
    return post_message(session, Draft(author_id=author_id, source="hello", now=now, task_id=uuid4())).id


def post_many(sessions: Sessions, author_id: int, count: int) -> list[int]:
    """Post messages, each in a transaction of its own."""
    ids = []
    for _ in range(count):
        with sessions.begin() as session:
            ids.append(post(session, author_id))
    return ids


def render(session: Session, message_id: int) -> None:
    """Show a message that was just posted."""
    rendered = MessageRendered(message_id=message_id, version=1, html="<p>hello</p>")
    set_html(session, [Received(rendered, "test")], now=NOON + timedelta(minutes=1))


def post_in_bulk(session: Session, author_id: int, count: int) -> None:
    """Post messages in one statement."""
    statement = text(
        """
        INSERT INTO messages (user_id, created_at, updated_at, version, source_version, source, html, status)
        SELECT :author_id, now(), now(), 1, 1, 'hello', 'hello', 'posted' FROM generate_series(1, :count)
        """
    )
    session.execute(statement, {"author_id": author_id, "count": count})


def epoch_of(sessions: Sessions) -> str:
    """Return what the cursors of today are good for."""
    with sessions() as session:
        return session.scalars(select(Feed.epoch)).one()


class Follower:
    """Follows the messages by nothing but the cursor of each page.

    Attributes:
        seen: The newest version of each message by its id.
    """

    def __init__(self, sessions: Sessions, *, limit: int = 1000, cursor: Cursor | None = None) -> None:
        self.sessions = sessions
        self.limit = limit
        self.cursor = cursor or Cursor.since(0, epoch_of(sessions))
        self.seen: dict[int, int] = {}

    def read_page(self) -> Page[Message]:
        """Read the next page."""
        with self.sessions() as session:
            page = follow_messages(session, cursor=self.cursor, user_id=None, limit=self.limit)
        self.cursor = page.cursor
        for message in page.rows:
            self.seen[message.id] = max(message.version, self.seen.get(message.id, 0))
        return page

    def pages(self) -> Iterator[Page[Message]]:
        """Read until there is no more."""
        for _ in range(MAX_PAGES):
            page = self.read_page()
            yield page
            if not page.more:
                return
        raise AssertionError("the list does not end")

    def catch_up(self) -> list[int]:
        """Return the ids of what was read on the way to the end, in its order."""
        return [message.id for page in self.pages() for message in page.rows]


def first_page(sessions: Sessions, *, limit: int = 1000, since: datetime = NOON) -> Page[Message]:
    """Return what somebody gets who comes without a cursor."""
    with sessions() as session:
        return list_messages(session, updated_since=since, user_id=None, limit=limit)
