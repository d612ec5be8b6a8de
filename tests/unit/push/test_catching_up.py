"""Who stays connected is told of what the queue has missed."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from chassis.internal import RefusedError, ServiceUnavailableError
from contracts import FeedAdvanced
from push.catching_up import CatchingUp
from push.changes import Page
from push.news import PLACES_AFTER_NEWS, Change, News
from tests.people import eventually
from tests.unit.push.pages import message, page

EXPIRED = RefusedError({"type": "/problems/cursor-expired", "detail": "Please begin anew."})


class Replica:
    """One replica of push: what is read for it, and what its clients are told.

    Attributes:
        feed: What is read next, or what goes wrong.
        asked: The cursors that were read on from.
        told: All that everybody was told.
        let_go: How often everybody had to leave.
    """

    def __init__(self) -> None:
        self.feed: list[Page | Exception] = []
        self.asked: list[str] = []
        self.told: list[tuple[str, Any]] = []
        self.let_go = 0
        self.meanwhile: Callable[[], object] = lambda: None
        self.news = News(self.tell_all)
        self.catching_up = CatchingUp(self.read, self.news, let_go=self.drop)
        self.stopping = threading.Event()

    def read(self, cursor: str) -> Page:
        """Return what comes next."""
        self.asked.append(cursor)
        self.meanwhile()
        found = self.feed.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    def tell_all(self, event: str, arguments: Sequence[Any]) -> None:
        """Keep what everybody is told."""
        self.told += [(event, argument) for argument in arguments]

    def drop(self) -> None:
        """Count."""
        self.let_go += 1

    def catch_up(self) -> None:
        """Do what is to be done by now."""
        self.catching_up.catch_up(self.stopping)

    def hear(self, message_id: int, version: int = 1) -> None:
        """Take an event."""
        self.news.tell([Change("Message", message_id, version, message(message_id, version))])

    def hear_mark(self, cursor: str, *, epoch: str = "e-1", checked: bool = True) -> None:
        """Take a mark, and find the queue whole after it."""
        self.catching_up.mark(FeedAdvanced(cursor=cursor, epoch=epoch))
        if checked:
            self.catching_up.queue_checked(may_have_dropped=False)

    @property
    def messages(self) -> list[tuple[int, int]]:
        """Ids and versions of the messages that everybody was told of."""
        news = [argument["model"] for event, argument in self.told if event == "updated_model"]
        return [(model["id"], model["version"]) for model in news]

    @property
    def places(self) -> list[str]:
        """Up to where everybody was told that they know all."""
        return [argument["cursor"] for event, argument in self.told if event == "up_to_date"]


@pytest.fixture
def replica() -> Replica:
    """One that has connected to the broker before anybody came."""
    fresh = Replica()
    fresh.catching_up.miss()
    fresh.catch_up()
    fresh.let_go = 0
    return fresh


def test_who_is_there_before_there_is_a_place_is_let_go() -> None:
    replica = Replica()
    replica.catching_up.miss()
    replica.catch_up()
    assert (replica.let_go, replica.asked, replica.catching_up.is_behind) == (1, [], False)


def test_after_a_lost_queue_all_is_told_that_follows_on_the_last_mark(replica: Replica) -> None:
    replica.hear_mark("c-1")
    replica.hear_mark("c-2")
    replica.catching_up.miss()
    replica.feed = [page(message(1), message(2), cursor="c-3", more=True), page(message(3), cursor="c-4")]
    replica.catch_up()
    assert (replica.asked, replica.messages) == (["c-2", "c-3"], [(1, 1), (2, 1), (3, 1)])
    assert (replica.let_go, replica.catching_up.is_behind) == (0, False)


def test_users_are_told_of_too(replica: Replica) -> None:
    replica.hear_mark("c-1")
    replica.catching_up.miss()
    replica.feed = [page(users=[{"id": 5, "version": 2, "online": True}])]
    replica.catch_up()
    assert replica.told == [("updated_model", {"class": "User", "model": {"id": 5, "version": 2, "online": True}})]


def test_nobody_goes_back_to_an_older_version_by_either_way(replica: Replica) -> None:
    replica.hear_mark("c-1")
    replica.catching_up.miss()
    replica.hear(1, version=3)
    replica.feed = [page(message(1, version=2), message(2, version=5))]
    replica.catch_up()
    replica.hear(2, version=4)
    assert replica.messages == [(1, 3), (2, 5)]


def test_the_next_time_it_goes_on_from_where_it_came_to(replica: Replica) -> None:
    replica.hear_mark("c-1")
    for feed in (page(cursor="c-7"), page(cursor="c-8")):
        replica.catching_up.miss()
        replica.feed = [feed]
        replica.catch_up()
    assert replica.asked == ["c-1", "c-7"]


def test_marks_count_for_nothing_while_it_is_behind(replica: Replica) -> None:
    replica.hear_mark("c-1")
    replica.catching_up.miss()
    replica.hear_mark("c-9")
    replica.feed = [page(cursor="c-2")]
    replica.catch_up()
    assert replica.asked == ["c-1"]
    replica.hear_mark("c-3")
    replica.catching_up.miss()
    replica.feed = [page()]
    replica.catch_up()
    assert replica.asked == ["c-1", "c-3"], "and for something afterwards"


def test_a_mark_is_not_believed_before_the_queue_was_found_whole(replica: Replica) -> None:
    replica.hear_mark("c-1")
    replica.hear(1)
    replica.hear_mark("c-2", checked=False)
    replica.catching_up.queue_checked(may_have_dropped=True)
    replica.feed = [page(message(2), cursor="c-3")]
    replica.catch_up()
    assert (replica.asked, replica.messages, replica.places) == (["c-1"], [(1, 1), (2, 1)], [])


def test_a_mark_of_a_queue_that_was_lost_is_not_believed(replica: Replica) -> None:
    replica.hear_mark("c-1")
    replica.hear_mark("c-2", checked=False)
    replica.catching_up.miss()
    replica.feed = [page(cursor="c-7"), page()]
    replica.catch_up()
    replica.catching_up.queue_checked(may_have_dropped=False)
    replica.catching_up.miss()
    replica.catch_up()
    assert replica.asked == ["c-1", "c-7"]


def test_what_is_missed_while_it_reads_is_read_for_once_more(replica: Replica) -> None:
    replica.hear_mark("c-1")
    replica.catching_up.miss()
    replica.feed = [page(cursor="c-2"), page(message(1), cursor="c-3")]

    def lose_the_queue_again() -> None:
        replica.meanwhile = lambda: None
        replica.catching_up.miss()

    replica.meanwhile = lose_the_queue_again
    replica.catch_up()
    assert (replica.asked, replica.messages) == (["c-1", "c-2"], [(1, 1)])


def test_it_tries_until_messages_is_back(replica: Replica) -> None:
    replica.hear_mark("c-1")
    replica.catching_up.miss()
    away = ServiceUnavailableError()
    replica.feed = [away, page(message(1), cursor="c-2", more=True), away, page(message(2), cursor="c-3")]
    replica.catch_up()
    assert (replica.asked, replica.messages) == (["c-1", "c-1", "c-2", "c-2"], [(1, 1), (2, 1)])


def test_after_a_restore_everybody_begins_anew(replica: Replica) -> None:
    replica.hear_mark("c-1")
    replica.hear(1, version=7)
    replica.catching_up.miss()
    replica.feed = [EXPIRED]
    replica.catch_up()
    assert (replica.let_go, replica.catching_up.is_behind) == (1, False)
    replica.hear(1, version=2)
    assert replica.messages == [(1, 7), (1, 2)], "versions count from elsewhere"


def test_a_mark_of_another_epoch_tells_of_a_restore(replica: Replica) -> None:
    replica.hear_mark("c-1")
    replica.hear(1, version=7)
    replica.hear_mark("d-1", epoch="e-2")
    assert replica.places == [], "nobody takes a place for theirs whose past was undone"
    replica.catch_up()
    assert (replica.let_go, replica.asked) == (1, [])
    replica.hear(1, version=2)
    replica.hear_mark("d-2", epoch="e-2")
    assert (replica.messages, replica.places) == ([(1, 7), (1, 2)], ["d-2"])


def test_everybody_is_told_up_to_where_they_know_all(replica: Replica) -> None:
    replica.hear(1)
    replica.hear_mark("c-1")
    replica.hear(2)
    replica.hear_mark("c-2")
    assert replica.places == ["c-1", "c-2"]


def test_while_nothing_happens_nobody_is_disturbed(replica: Replica) -> None:
    replica.hear(1)
    for number in range(9):
        replica.hear_mark(f"c-{number}")
    replica.hear(1)
    replica.hear_mark("c-9")
    assert replica.places == [f"c-{number}" for number in range(PLACES_AFTER_NEWS)]
    replica.hear(1, version=2)
    replica.hear_mark("c-10")
    assert replica.places[-1] == "c-10"


def test_it_catches_up_by_itself(replica: Replica) -> None:
    running = threading.Thread(target=replica.catching_up.run, args=(replica.stopping,))
    running.start()
    replica.hear_mark("c-1")
    replica.feed = [ValueError("a fault of ours"), page(message(1))]
    replica.catching_up.miss()
    assert eventually(lambda: replica.messages == [(1, 1)])
    replica.stopping.set()
    running.join(10)
    assert not running.is_alive()
