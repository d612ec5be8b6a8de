"""What is written leaves whole and in order, nobody waits for a client, and who does not read is cut off."""

import os
import time
from collections.abc import Callable

import gevent
import pytest

from push import outgoing
from push.outgoing import STALLED_SECONDS, Outgoing, Reason
from tests.unit.push.conftest import Pair

LONG = 300_000


@pytest.fixture
def cuts() -> list[Reason]:
    return []


@pytest.fixture
def writing(pair: Pair, cuts: list[Reason]) -> Outgoing:
    way_out = Outgoing(pair.near, cuts.append)
    pair.fill()
    return way_out


def soon(is_so: Callable[[], bool]) -> bool:
    """Give others a turn until *is_so*; false if that takes too long."""
    deadline = time.monotonic() + 20
    while not is_so() and time.monotonic() < deadline:
        gevent.sleep(0.001)
    return is_so()


def test_what_fits_leaves_at_once(pair: Pair, writing: Outgoing) -> None:
    writing.write(b"hello")
    assert writing.waiting_bytes == 0
    assert pair.read(5) == b"hello"


def test_all_that_was_written_arrives_whole_and_in_order(pair: Pair, writing: Outgoing) -> None:
    written = [os.urandom(LONG), b"a", os.urandom(LONG), b"b", b"c"]
    for data in written:
        writing.write(data)
    expected = b"".join(written)
    assert 0 < writing.waiting_bytes < len(expected)
    assert pair.read(len(expected)) == expected
    assert soon(lambda: writing.waiting_bytes == 0)
    writing.write(b"after it")
    assert pair.read(8) == b"after it"


def test_what_waits_is_counted(pair: Pair, writing: Outgoing) -> None:
    writing.write(b"x" * LONG)
    taken = LONG - writing.waiting_bytes
    writing.write(b"y" * 10)
    assert writing.waiting_bytes == LONG - taken + 10
    pair.read(LONG // 2)
    assert soon(lambda: writing.waiting_bytes <= LONG // 2 + 10)


def test_who_falls_too_far_behind_is_cut_off(
    pair: Pair, writing: Outgoing, cuts: list[Reason], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "MAX_WAITING_BYTES", 2 * LONG)
    for _ in range(3):
        writing.write(b"x" * LONG)
    assert cuts == []
    for _ in range(3):
        writing.write(b"x" * LONG)
    assert cuts == ["slow"]
    assert writing.waiting_bytes == 0
    while pair.far.recv(65536):
        pass  # to the end of it


def test_one_great_write_is_no_sign_of_slowness(
    pair: Pair, writing: Outgoing, cuts: list[Reason], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "MAX_WAITING_BYTES", 1000)
    data = os.urandom(LONG)
    writing.write(data)
    assert pair.read(LONG) == data
    assert cuts == []


def test_who_takes_nothing_for_long_is_cut_off(pair: Pair, writing: Outgoing, cuts: list[Reason]) -> None:
    before = time.monotonic()
    writing.write(b"x" * LONG)
    writing.check(before + STALLED_SECONDS - 1)
    assert cuts == []
    writing.check(time.monotonic() + STALLED_SECONDS + 1)
    assert cuts == ["stalled"]
    while pair.far.recv(65536):
        pass


def test_who_takes_little_by_little_is_not(pair: Pair, writing: Outgoing, cuts: list[Reason]) -> None:
    writing.write(b"x" * LONG)
    began, waited = time.monotonic(), writing.waiting_bytes
    pair.read(LONG // 2)
    assert soon(lambda: writing.waiting_bytes < waited)
    writing.check(began + STALLED_SECONDS)
    assert cuts == []


def test_who_owes_nothing_may_be_silent(writing: Outgoing, cuts: list[Reason]) -> None:
    writing.write(b"hello")
    writing.check(time.monotonic() + 10 * STALLED_SECONDS)
    assert cuts == []


def test_who_has_gone_is_noticed_once(pair: Pair, writing: Outgoing, cuts: list[Reason]) -> None:
    pair.far.close()
    for _ in range(3):
        writing.write(b"hello")
    assert cuts == ["gone"]


def test_who_goes_while_something_waits_is_noticed(pair: Pair, writing: Outgoing, cuts: list[Reason]) -> None:
    writing.write(b"x" * LONG)
    pair.far.close()
    assert soon(lambda: cuts == ["gone"])
    assert writing.waiting_bytes == 0


def test_a_cut_ends_the_waiting_of_who_reads(pair: Pair, writing: Outgoing) -> None:
    reading = gevent.spawn(pair.near.recv, 10)
    gevent.sleep(0)
    writing.cut("stalled")
    reading.join(20)
    assert isinstance(reading.exception, OSError)


def test_nothing_is_written_after_the_end(pair: Pair, writing: Outgoing, cuts: list[Reason]) -> None:
    writing.write(b"hello")
    writing.end()
    writing.write(b"nobody")
    writing.cut("slow")
    pair.near.close()
    assert pair.read(5) == b"hello"
    assert pair.far.recv(10) == b""
    assert cuts == []
