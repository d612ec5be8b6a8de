"""What can be said of what is read without reading it."""

from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import uuid4

import pytest

from messages.models import Message, Task
from messages.queries.pages import since
from messages.queries.tasks import is_done

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def message(*, status: Literal["posted", "rendered"], source_version: int) -> Message:
    return Message(
        id=1,
        user_id=1,
        created_at=NOON,
        updated_at=NOON,
        version=source_version + 1,
        source_version=source_version,
        source="hello",
        html="hello",
        status=status,
    )


def task(*, source_version: int) -> Task:
    return Task(id=uuid4(), kind="post", owner_id=1, message_id=1, source_version=source_version, created_at=NOON)


def test_whoever_does_not_say_how_far_back_means_a_day() -> None:
    assert since(0, NOON) == NOON - timedelta(hours=24)


@pytest.mark.parametrize("seconds", [1, 1_772_366_400, 253_402_300_799])
def test_whoever_says_it_says_it_in_epoch_seconds(seconds: int) -> None:
    assert since(seconds, NOON) == datetime.fromtimestamp(seconds, UTC)


def test_a_task_is_done_once_its_message_is_rendered() -> None:
    assert not is_done(task(source_version=1), message(status="posted", source_version=1))
    assert is_done(task(source_version=1), message(status="rendered", source_version=1))


def test_a_task_is_done_once_its_source_has_been_replaced() -> None:
    assert is_done(task(source_version=1), message(status="posted", source_version=3))


def test_the_task_of_the_latest_edit_waits_for_its_own_rendering() -> None:
    assert not is_done(task(source_version=3), message(status="posted", source_version=3))
