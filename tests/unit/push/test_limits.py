"""Clients may ask so much at once, and so much a second; it grows back, and never beyond the first."""

import pytest

from push.limits import EVENTS_AT_ONCE, EVENTS_PER_SECOND, Bucket, Limits, TooManyEventsError


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bucket(clock: Clock) -> Bucket:
    return Bucket(10, 3, clock)


def taken(bucket: Bucket, times: int) -> list[bool]:
    return [bucket.take() == 0 for _ in range(times)]


def test_so_many_may_be_taken_at_once(bucket: Bucket) -> None:
    assert taken(bucket, 5) == [True, True, True, False, False]


def test_whoever_finds_none_is_told_how_long_to_wait(bucket: Bucket, clock: Clock) -> None:
    taken(bucket, 3)
    assert bucket.take() == pytest.approx(0.1)
    clock.now += 0.05
    assert bucket.take() == pytest.approx(0.05)


def test_one_comes_back_after_its_time(bucket: Bucket, clock: Clock) -> None:
    taken(bucket, 3)
    clock.now += 0.1
    assert taken(bucket, 2) == [True, False]


def test_it_never_holds_more_than_at_first(bucket: Bucket, clock: Clock) -> None:
    clock.now += 3600
    assert taken(bucket, 4) == [True, True, True, False]


def test_what_was_refused_costs_nothing(bucket: Bucket, clock: Clock) -> None:
    taken(bucket, 1000)
    clock.now += 0.2
    assert taken(bucket, 3) == [True, True, False]


def test_each_client_has_its_own_limit(clock: Clock) -> None:
    limits = Limits(is_enabled=True, clock=clock)
    limits.add("ann")
    limits.add("bob")
    for _ in range(EVENTS_AT_ONCE):
        limits.use_up("ann")
    with pytest.raises(TooManyEventsError):
        limits.use_up("ann")
    limits.use_up("bob")
    clock.now += 1
    for _ in range(EVENTS_PER_SECOND):
        limits.use_up("ann")
    with pytest.raises(TooManyEventsError) as refusal:
        limits.use_up("ann")
    assert refusal.value.retry_after_seconds == 1


def test_a_client_that_has_left_is_forgotten(clock: Clock) -> None:
    limits = Limits(is_enabled=True, clock=clock)
    limits.add("ann")
    limits.remove("ann")
    limits.remove("ann")
    limits.use_up("ann")
    assert len(limits) == 0
