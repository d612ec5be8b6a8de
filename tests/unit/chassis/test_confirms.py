"""A publisher knows of every event what the broker said, however the broker says it."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from chassis.confirms import Batch, InFlight, Outcome
from chassis.envelope import Envelope

CONFIRMED, UNROUTABLE, REFUSED = Outcome.CONFIRMED, Outcome.UNROUTABLE, Outcome.REFUSED


def envelope(envelope_id: str) -> Envelope:
    return Envelope(id=envelope_id, type="t", data=b"", source="/test", time=datetime.now(UTC))


@pytest.fixture
def in_flight() -> InFlight:
    return InFlight()


def publish(in_flight: InFlight, ids: Sequence[str]) -> Batch:
    batch = Batch([envelope(each) for each in ids])
    for each in ids:
        in_flight.add(batch, each)
    return batch


def test_an_empty_batch_is_done_from_the_beginning() -> None:
    batch = Batch([])
    assert batch.done.is_set()
    assert batch.outcomes == []


def test_a_batch_is_done_once_every_event_is_settled(in_flight: InFlight) -> None:
    batch = publish(in_flight, "abc")
    in_flight.settle(1, CONFIRMED, multiple=False)
    in_flight.settle(3, CONFIRMED, multiple=False)
    assert not batch.done.is_set()
    in_flight.settle(2, CONFIRMED, multiple=False)
    assert batch.done.is_set()
    assert not batch.is_lost


def test_outcomes_come_in_the_order_of_the_events(in_flight: InFlight) -> None:
    batch = publish(in_flight, "abc")
    in_flight.settle(3, CONFIRMED, multiple=False)
    in_flight.settle(1, REFUSED, multiple=False)
    in_flight.settle(2, CONFIRMED, multiple=False)
    assert batch.outcomes == [REFUSED, CONFIRMED, CONFIRMED]


def test_one_word_may_settle_all_up_to_a_tag(in_flight: InFlight) -> None:
    batch = publish(in_flight, "abcd")
    in_flight.settle(3, CONFIRMED, multiple=True)
    assert not batch.done.is_set()
    in_flight.settle(4, REFUSED, multiple=True)
    assert batch.outcomes == [CONFIRMED, CONFIRMED, CONFIRMED, REFUSED]


def test_one_word_may_settle_several_batches(in_flight: InFlight) -> None:
    first, second = publish(in_flight, "ab"), publish(in_flight, "cd")
    in_flight.settle(3, CONFIRMED, multiple=True)
    assert first.done.is_set()
    assert not second.done.is_set()


def test_what_is_settled_is_not_settled_again(in_flight: InFlight) -> None:
    batch = publish(in_flight, "ab")
    in_flight.settle(1, CONFIRMED, multiple=False)
    in_flight.settle(2, REFUSED, multiple=True)
    assert batch.outcomes == [CONFIRMED, REFUSED]


def test_what_was_returned_is_unroutable_although_it_is_confirmed_then(in_flight: InFlight) -> None:
    batch = publish(in_flight, "ab")
    in_flight.return_unroutable("b")
    assert not batch.done.is_set()
    in_flight.settle(2, CONFIRMED, multiple=True)
    assert batch.outcomes == [CONFIRMED, UNROUTABLE]


def test_a_return_alone_does_not_finish_a_batch(in_flight: InFlight) -> None:
    batch = publish(in_flight, "a")
    in_flight.return_unroutable("a")
    assert not batch.done.is_set()


def test_a_return_of_something_else_changes_nothing(in_flight: InFlight) -> None:
    batch = publish(in_flight, "a")
    in_flight.return_unroutable("z")
    in_flight.settle(1, CONFIRMED, multiple=False)
    assert batch.outcomes == [CONFIRMED]


def test_a_lost_connection_wakes_whoever_waits(in_flight: InFlight) -> None:
    batch = publish(in_flight, "ab")
    in_flight.settle(1, CONFIRMED, multiple=False)
    in_flight.lose([batch])
    assert batch.done.is_set()
    assert batch.is_lost


def test_the_next_channel_counts_from_one(in_flight: InFlight) -> None:
    in_flight.lose([publish(in_flight, "abc")])
    batch = publish(in_flight, "d")
    in_flight.settle(1, CONFIRMED, multiple=False)
    assert batch.outcomes == [CONFIRMED]


def test_a_batch_of_the_last_channel_hears_nothing_of_the_next(in_flight: InFlight) -> None:
    lost = publish(in_flight, "ab")
    in_flight.lose([lost])
    publish(in_flight, "cd")
    in_flight.settle(2, CONFIRMED, multiple=True)
    with pytest.raises(KeyError):
        _ = lost.outcomes
