"""What can be said of what is read without reading it."""

from datetime import UTC, datetime, timedelta

import pytest

from messages.queries.pages import since

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_whoever_does_not_say_how_far_back_means_a_day() -> None:
    assert since(0, NOON) == NOON - timedelta(hours=24)


@pytest.mark.parametrize("seconds", [1, 1_772_366_400, 253_402_300_799])
def test_whoever_says_it_says_it_in_epoch_seconds(seconds: int) -> None:
    assert since(seconds, NOON) == datetime.fromtimestamp(seconds, UTC)
