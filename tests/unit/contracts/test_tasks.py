"""The id of a task tells whose it is, and since when."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import begun_at, is_task_of, new_task_id

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
owners = st.integers(1, 2**63 - 1)
instants = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(owners, instants)
def test_an_id_is_its_owners_and_says_when_it_was_made(owner_id: int, now: datetime) -> None:
    task_id = new_task_id(b"secret", owner_id, now)
    assert is_task_of(b"secret", task_id, owner_id)
    assert abs((begun_at(task_id) - now).total_seconds()) <= 0.001
    assert (task_id.version, str(task_id)[19] in "89ab") == (8, True)


def test_it_is_nobody_elses() -> None:
    task_id = new_task_id(b"secret", 1, NOON)
    assert not is_task_of(b"secret", task_id, 2)
    assert not is_task_of(b"another", task_id, 1)


@pytest.mark.parametrize("bit", range(128))
def test_not_a_bit_of_it_can_be_changed(bit: int) -> None:
    task_id = new_task_id(b"secret", 1, NOON)
    assert not is_task_of(b"secret", UUID(int=task_id.int ^ 1 << bit), 1)


def test_another_id_was_never_given_to_anybody() -> None:
    assert not any(is_task_of(b"secret", uuid4(), 1) for _ in range(1000))


def test_many_of_one_moment_differ() -> None:
    assert len({new_task_id(b"secret", 1, NOON) for _ in range(100)}) == 100
