"""Time is UTC inside, and whole epoch seconds outside."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from chassis.clock import epoch_seconds, utc_now


def test_now_is_in_utc() -> None:
    assert utc_now().tzinfo is UTC


@pytest.mark.parametrize(
    ("at", "seconds"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), 1_709_208_000),
        (datetime(2024, 2, 29, 12, 0, 0, 999_999, tzinfo=UTC), 1_709_208_000),
        (datetime(2024, 2, 29, 14, tzinfo=timezone(timedelta(hours=2))), 1_709_208_000),
    ],
)
def test_seconds_are_whole_and_know_no_zones(at: datetime, seconds: int) -> None:
    assert epoch_seconds(at) == seconds
