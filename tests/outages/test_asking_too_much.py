"""Whoever asks too much over a socket is told so, and stays."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from push.limits import EVENTS_AT_ONCE
from tests.outages.replicas import port_of, replica
from tests.people import Json, Listener, Person, eventually, listening
from tools.native import Stack
from tools.native.ports import PrivatePorts

AT_ONCE = 5 * EVENTS_AT_ONCE


@pytest.fixture
def limited(stack: Stack, tmp_path: Path) -> Iterator[str]:
    """Return where a replica of push is that has limits, as in production."""
    told = {"RATE_LIMITS_ENABLED": "true"}
    with replica(stack, "push", PrivatePorts(), tmp_path, environment=told) as push:
        yield f"http://127.0.0.1:{port_of(push)}"


def statuses(listener: Listener) -> Counter[int]:
    """Return how many of each status there were when much is asked at once."""
    answers: list[Json] = []
    for _ in range(AT_ONCE):
        listener.client.emit("ping_user", callback=answers.append)
    assert eventually(lambda: len(answers) == AT_ONCE)
    return Counter(200 if answer["ok"] else answer["problem"]["status"] for answer in answers)


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_whoever_asks_too_much_is_told_to_slow_down_and_stays(limited: str, ann: Person, transport: str) -> None:
    with listening(limited, token=ann.token, transports=[transport]) as listener:
        found = statuses(listener)
        assert found.keys() == {200, 429}
        assert found[200] >= EVENTS_AT_ONCE
        assert listener.hears_rendered(ann.post("still there?")["id"])
        assert listener.interruptions == 0


def test_where_there_are_no_limits_nobody_is_told(base_url: str, ann: Person) -> None:
    with listening(base_url, token=ann.token) as listener:
        assert statuses(listener) == {200: AT_ONCE}
