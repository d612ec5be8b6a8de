"""Who is there is known again after any part was away."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.test_presence import is_online
from tests.e2e.test_stats import stats
from tests.outages.replicas import port_of, replica
from tests.people import Person, eventually, listening
from tools.native import Process, Stack
from tools.native.ports import PrivatePorts

GONE_SECONDS = 45.0
# Less than the silence after which a replica is given up.
TOLD_SECONDS = 20.0
LONG_SECONDS = 35.0


@pytest.fixture
def push(stack: Stack, tmp_path: Path) -> Iterator[Process]:
    """A second replica."""
    with replica(stack, "push", PrivatePorts(), tmp_path) as process:
        yield process


def test_whoever_was_connected_to_a_replica_that_is_killed_goes_and_comes_again(
    push: Process, base_url: str, ann: Person, bob: Person
) -> None:
    address = f"http://127.0.0.1:{port_of(push)}"
    with listening(address, token=ann.token) as listener, listening(base_url, token=bob.token):
        assert eventually(lambda: is_online(ann) and is_online(bob))
        push.kill()
        assert eventually(lambda: not is_online(ann), seconds=GONE_SECONDS)
        assert is_online(bob), "his replica lives"
        push.start()
        push.wait_ready()
        assert eventually(lambda: listener.client.connected)
        assert eventually(lambda: is_online(ann))


def test_a_replica_that_stops_tells_who_is_gone(push: Process, base_url: str, ann: Person) -> None:
    assert eventually(lambda: stats(base_url)["connected_clients"] == 0)
    with listening(f"http://127.0.0.1:{port_of(push)}", token=ann.token):
        assert eventually(lambda: is_online(ann))
        assert eventually(lambda: stats(base_url)["connected_clients"] == 1)
        push.ask_to_stop()
        assert eventually(lambda: push.exit_status is not None)
        assert eventually(lambda: not is_online(ann), seconds=TOLD_SECONDS)
        assert eventually(lambda: stats(base_url)["connected_clients"] == 0, seconds=TOLD_SECONDS)


def test_a_broker_that_is_away_for_long_makes_nobody_go(stack: Stack, base_url: str, ann: Person, bob: Person) -> None:
    broker = stack.process("rabbitmq")
    with listening(base_url, token=ann.token) as anns, listening(base_url) as listener:
        with listening(base_url, token=bob.token):
            assert eventually(lambda: is_online(ann) and is_online(bob))
            broker.stop()
        time.sleep(LONG_SECONDS)  # longer than a replica may be silent
        assert is_online(ann)
        broker.start()
        broker.wait_ready()
        assert eventually(lambda: not is_online(bob), seconds=90), "he left while nobody could hear it"
        assert is_online(ann)
        assert anns.client.connected
        assert False not in [user["online"] for user in listener.users if user["id"] == ann.id]
