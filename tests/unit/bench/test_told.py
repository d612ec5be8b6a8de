from typing import Any

import pytest

from bench.api.told import Told

ANN, BOB = range(2)


@pytest.fixture
def everywhere() -> list[str]:
    return []


@pytest.fixture
def told(everywhere: list[str]) -> Told:
    return Told(clients=2, on_everywhere=lambda: everywhere.append("one more"))


def message(message_id: int, version: int = 2, status: str = "rendered") -> dict[str, Any]:
    return {"id": message_id, "version": version, "status": status}


def test_a_message_is_everywhere_when_every_client_was_told_of_it(told: Told, everywhere: list[str]) -> None:
    told.hear(ANN, message(1))
    assert not everywhere
    told.hear(BOB, message(1))
    assert everywhere == ["one more"]
    assert told.everywhere == 1


def test_it_counts_once_however_many_states_follow(told: Told, everywhere: list[str]) -> None:
    for version in (2, 3):
        told.hear(ANN, message(1, version))
        told.hear(BOB, message(1, version))
    assert everywhere == ["one more"]
    assert told.doubled() == 0


def test_one_that_is_not_rendered_does_not_count(told: Told) -> None:
    for client in (ANN, BOB):
        told.hear(client, message(1, status="posted"))
    assert told.everywhere == 0
    assert told.lost([1]) == 2


def test_each_client_that_was_not_told_is_a_loss(told: Told) -> None:
    told.hear(ANN, message(1))
    assert told.lost([1, 2]) == 3


def test_a_state_that_comes_again_is_doubled(told: Told) -> None:
    for _ in range(3):
        told.hear(ANN, message(1))
    told.hear(BOB, message(1))
    assert told.doubled() == 2
