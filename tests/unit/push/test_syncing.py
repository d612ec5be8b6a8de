"""Those who come back are answered, however many come at once, and never with what is older than their question."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from chassis.internal import RefusedError, ServiceUnavailableError
from push.changes import Page
from push.syncing import MAX_WAITING, READINGS_AT_ONCE, RETRY_SECONDS, Syncing, SyncUnavailableError
from tests.people import eventually
from tests.unit.push.pages import message, page

Ask = Callable[[str], Future[Page]]


class Feed:
    """Tells how often it was read; while it is shut, whoever reads it waits.

    Attributes:
        reading: The cursors that it was read on from.
    """

    def __init__(self) -> None:
        self.reading: list[str | None] = []
        self.error: Exception | None = None
        self.open = threading.Event()
        self.open.set()

    def read(self, cursor: str | None) -> Page:
        """Return a page that names the reading."""
        self.reading.append(cursor)
        number = len(self.reading)
        assert self.open.wait(20)
        if self.error:
            raise self.error
        return page(message(number))


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture
def syncing(feed: Feed) -> Syncing:
    return Syncing(feed.read, patience_seconds=20)


@pytest.fixture
def ask(feed: Feed, syncing: Syncing) -> Iterator[Ask]:
    """Asks without waiting for the answer."""
    with ThreadPoolExecutor(50) as people:
        yield lambda cursor: people.submit(syncing.after, cursor)
        feed.open.set()


def occupied(feed: Feed, ask: Ask) -> list[Future[Page]]:
    """Shut *feed* and have as many read it as can."""
    feed.open.clear()
    busy = [ask(f"busy {number}") for number in range(READINGS_AT_ONCE)]
    assert eventually(lambda: len(feed.reading) == READINGS_AT_ONCE)
    return busy


def test_what_was_missed_is_read_from_where_a_client_has_been(feed: Feed) -> None:
    assert Syncing(feed.read).after("c-1") == page(message(1))
    assert feed.reading == ["c-1"]


def test_a_few_are_read_for_at_once_and_the_others_in_their_turn(feed: Feed, ask: Ask) -> None:
    busy = occupied(feed, ask)
    waiting = [ask(f"c-{number}") for number in range(5)]
    assert not any(each.done() for each in waiting)
    assert len(feed.reading) == READINGS_AT_ONCE
    feed.open.set()
    assert all(each.result(20) for each in [*busy, *waiting])
    assert len(feed.reading) == READINGS_AT_ONCE + 5


@pytest.fixture
def sharing(monkeypatch: pytest.MonkeyPatch) -> list[Future[Page]]:
    """Whoever waits for what somebody else reads, or has read it."""
    told: list[Future[Page]] = []

    class Told(Future[Page]):
        def result(self, timeout: float | None = None) -> Page:
            told.append(self)
            return super().result(timeout)

    monkeypatch.setattr("push.syncing.Future", Told)
    return told


def test_those_who_wait_for_the_same_share_one_reading(
    feed: Feed, syncing: Syncing, ask: Ask, sharing: list[Future[Page]]
) -> None:
    occupied(feed, ask)
    first = ask("c-1")
    same = [ask("c-1") for _ in range(20)]
    other = ask("c-2")
    assert eventually(lambda: set(syncing._waiting) == {"c-1", "c-2"} and len(sharing) == len(same))  # noqa: SLF001
    feed.open.set()
    assert {each.result(20)["messages"][0]["id"] for each in [first, *same]} == {first.result()["messages"][0]["id"]}
    assert other.result(20) != first.result()
    assert sorted(map(str, feed.reading[READINGS_AT_ONCE:])) == ["c-1", "c-2"]


def test_nobody_is_answered_by_a_reading_that_began_before_they_asked(feed: Feed, ask: Ask) -> None:
    feed.open.clear()
    early = ask("c-1")
    assert eventually(lambda: feed.reading == ["c-1"])
    late = ask("c-1")
    assert eventually(lambda: feed.reading == ["c-1", "c-1"])
    feed.open.set()
    assert (early.result(20), late.result(20)) == (page(message(1)), page(message(2)))


def test_whose_turn_does_not_come_is_told_when_to_ask_again(feed: Feed) -> None:
    impatient = Syncing(feed.read, patience_seconds=0.01)
    feed.open.clear()
    with ThreadPoolExecutor(READINGS_AT_ONCE) as people:
        busy = [people.submit(impatient.after, f"busy {number}") for number in range(READINGS_AT_ONCE)]
        assert eventually(lambda: len(feed.reading) == READINGS_AT_ONCE)
        for _ in range(2):
            with pytest.raises(SyncUnavailableError) as error:
                impatient.after("c-1")
            first, last = RETRY_SECONDS
            assert first <= error.value.retry_after_seconds <= last
        feed.open.set()
        assert all(each.result(20) for each in busy)
    assert impatient.after("c-1"), "there is room again"


def test_there_is_an_end_to_how_many_may_wait(
    feed: Feed, syncing: Syncing, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_WAITING >= 1
    monkeypatch.setattr("push.syncing.MAX_WAITING", 2)
    occupied(feed, ask)
    waiting = [ask("c-1"), ask("c-2")]
    assert eventually(lambda: set(syncing._waiting) == {"c-1", "c-2"})  # noqa: SLF001
    with pytest.raises(SyncUnavailableError):
        ask("c-3").result(20)
    feed.open.set()
    assert all(each.result(20) for each in waiting)


def test_messages_that_are_away_are_a_reason_to_ask_again(feed: Feed) -> None:
    feed.error = ServiceUnavailableError("connection refused")
    with pytest.raises(SyncUnavailableError):
        Syncing(feed.read).after(None)


def test_a_cursor_that_is_refused_is_refused(feed: Feed) -> None:
    feed.error = RefusedError({"type": "/problems/cursor-expired", "detail": "Please begin anew."})
    syncing = Syncing(feed.read)
    with pytest.raises(RefusedError):
        syncing.after("c-1")
    feed.error = None
    assert syncing.after("c-1"), "and bothers nobody else"
