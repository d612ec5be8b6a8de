"""Sees to it that clients who stay connected miss nothing, whatever becomes of the queue of this replica.

It keeps a **place** in the change feed: all clients have been told of everything before it. Marks in the queue move it.
When something may have been missed, because the queue was lost with its connection or was so full that it dropped
something, what follows on the place is read and told before any mark is believed again. What comes by the queue goes on
meanwhile: versions keep either from going back.
"""

import threading
from collections.abc import Callable

import structlog

from chassis.backoff import retry
from chassis.internal import RefusedError, ServiceUnavailableError
from contracts import FeedAdvanced
from push.changes import Page, changes_of
from push.metrics import CATCHING_UP
from push.news import News

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
# Pages come faster than some clients can take them.
PAUSE_SECONDS = 0.05


class CatchingUp:
    """Tells the clients of one replica what did not come by its queue, and up to where they have been told all.

    Args:
        read: Returns what follows on a cursor.
        let_go: Drops all clients, so that they come back and ask by themselves: where there is no place to go on from.
    """

    def __init__(self, read: Callable[[str], Page], news: News, *, let_go: Callable[[], object]) -> None:
        self._read = read
        self._news = news
        self._let_go = let_go
        self._place: str | None = None
        self._epoch: str | None = None
        self._mark: FeedAdvanced | None = None
        # How often something may have been missed, and up to which of those all was told.
        self._misses = 0
        self._made_up = 0
        self._wake = threading.Event()

    @property
    def is_behind(self) -> bool:
        """Whether something may have been missed that was not made up for."""
        return self._made_up < self._misses

    def miss(self) -> None:
        """Note that something may have been missed up to now; to be called once the queue takes what comes next."""
        self._mark = None
        self._misses += 1
        self._wake.set()

    def mark(self, mark: FeedAdvanced) -> None:
        """Note a mark that came by the queue; it is believed once it is known that nothing before it was dropped."""
        if self.is_behind:
            return
        if self._epoch not in (None, mark.epoch):
            self._begin_anew("a backup was restored")
            return
        self._mark = mark

    def queue_checked(self, may_have_dropped: bool) -> None:  # noqa: FBT001 - it is all that there is to tell
        """Hear what has become of the queue since the last time."""
        mark, self._mark = self._mark, None
        if may_have_dropped:
            log.warning("events_dropped")
            self.miss()
        elif mark is not None:
            self._place, self._epoch = mark.cursor, mark.epoch
            self._news.tell_place(mark.cursor)

    def run(self, stopping: threading.Event) -> None:
        """Catch up whenever something was missed, until *stopping* is set."""
        while not stopping.is_set():
            if not self._wake.wait(LOOK_SECONDS):
                continue
            self._wake.clear()
            try:
                self.catch_up(stopping)
            except Exception:
                log.exception("unexpected_error")
                stopping.wait(LOOK_SECONDS)
                self._wake.set()

    def catch_up(self, stopping: threading.Event) -> None:
        """Tell all that may have been missed, however long messages is away."""
        while self.is_behind and not stopping.is_set():
            misses = self._misses
            try:
                self._make_up(stopping)
            except RefusedError as error:
                self._begin_anew(str(error))
            self._made_up = misses

    def _make_up(self, stopping: threading.Event) -> None:
        if self._place is None:
            CATCHING_UP.labels("let_go").inc()
            self._let_go()
            return
        log.info("catching_up")
        more = True
        while more:
            page = retry(ServiceUnavailableError, what="catch up", stopping=stopping)(self._read, self._place)
            self._news.tell(changes_of(page))
            # Whoever goes on from the cursor of any page misses nothing.
            self._place, more = page["cursor"], page["more"]
            if more:
                stopping.wait(PAUSE_SECONDS)
        CATCHING_UP.labels("told").inc()
        log.info("caught_up")

    def _begin_anew(self, why: str) -> None:
        """Forget where we are, and what was told: it means nothing any more."""
        log.warning("feed_begins_anew", why=why)
        self._place = self._epoch = None
        self._news.forget()
        self.miss()
