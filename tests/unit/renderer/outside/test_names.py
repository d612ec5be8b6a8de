"""A name server that does not answer keeps nobody."""

import threading
import time
from collections.abc import Iterator
from ipaddress import IPv4Address, ip_address

import pytest

from renderer.limits import UnreachableError
from renderer.names import MAX_LOOKUPS, Names, resolve_host
from renderer.outside import Outside
from tests.people import eventually
from tests.unit.renderer.outside.strangers import PUBLIC

SOON = 0.2


@pytest.fixture
def answers() -> Iterator[threading.Event]:
    """Set when the name server begins to answer."""
    event = threading.Event()
    yield event
    event.set()


def test_the_system_tells_the_addresses_of_a_name_once_each() -> None:
    found = resolve_host("localhost")
    assert ip_address("127.0.0.1") in found
    assert len(set(found)) == len(found)


def test_a_name_that_nobody_knows_is_unreachable() -> None:
    def refuse(host: str) -> list[IPv4Address]:
        raise OSError(host)

    for outside in Outside(resolve=refuse), Outside(resolve=lambda _host: []):
        with pytest.raises(UnreachableError, match="dns"):
            outside.check("http://example.com/", deadline=time.monotonic() + 60)


def test_a_lookup_that_takes_too_long_is_left_behind(answers: threading.Event) -> None:
    def resolve(_host: str) -> list[IPv4Address]:
        answers.wait()
        return [PUBLIC]

    names = Names(resolve)
    with pytest.raises(UnreachableError, match="dns"):
        names.addresses_of("slow.test", deadline=time.monotonic() + SOON)


def test_lookups_are_bounded_and_there_are_new_ones_once_the_old_have_ended(answers: threading.Event) -> None:
    begun = []

    def resolve(host: str) -> list[IPv4Address]:
        begun.append(host)
        answers.wait()
        return [PUBLIC]

    names = Names(resolve)
    for number in range(MAX_LOOKUPS + 3):
        with pytest.raises(UnreachableError, match="dns"):
            names.addresses_of(f"{number}.test", deadline=time.monotonic() + 0.01)
    assert eventually(lambda: len(begun) == MAX_LOOKUPS)
    answers.set()
    assert names.addresses_of("new.test", deadline=time.monotonic() + 60) == [PUBLIC]


def test_a_lookup_in_progress_does_not_keep_the_process() -> None:
    waiting = threading.Event()
    names = Names(lambda _host: [PUBLIC] if waiting.wait(60) else [])
    with pytest.raises(UnreachableError):
        names.addresses_of("slow.test", deadline=time.monotonic() + SOON)
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "lookup")
    waiting.set()
