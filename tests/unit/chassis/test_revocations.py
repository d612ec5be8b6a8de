"""A session that ended is refused until its last token has run out by itself."""

import pytest
from pydantic import SecretStr

from chassis.internal import InternalClient, ServiceUnavailableError
from chassis.revocations import FIRST_PRUNE, OVERLAP_SECONDS, Revocations, RevocationsUnknownError, read_back
from tests.unit.chassis.conftest import TinyServer


class Now:
    """Epoch seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def revocations(now: Now) -> Revocations:
    revocations = Revocations(now)
    revocations.is_complete = True
    return revocations


def test_before_auth_was_asked_nobody_is_trusted(now: Now) -> None:
    with pytest.raises(RevocationsUnknownError):
        Revocations(now).is_revoked("s1")


def revoke(revocations: Revocations, count: int, *, prefix: str, expires_at: int) -> None:
    for number in range(count):
        revocations.add(f"{prefix}{number}", expires_at)


def test_nobody_is_revoked_at_first(revocations: Revocations) -> None:
    assert not revocations.is_revoked("s-1")


def test_a_session_that_ended_is_revoked(revocations: Revocations) -> None:
    revocations.add("s-1", 2_000_000)
    assert revocations.is_revoked("s-1")
    assert not revocations.is_revoked("s-2")


def test_a_session_may_end_twice(revocations: Revocations) -> None:
    revocations.add("s-1", 2_000_000)
    revocations.add("s-1", 2_000_000)
    assert len(revocations) == 1


def test_no_revocation_is_forgotten_before_its_time(revocations: Revocations, now: Now) -> None:
    revocations.add("s-1", 1_000_100)
    now.seconds = 1_000_099.9
    revoke(revocations, 2 * FIRST_PRUNE, prefix="x", expires_at=2_000_000)
    assert revocations.is_revoked("s-1")
    assert len(revocations) == 2 * FIRST_PRUNE + 1


def test_what_has_run_out_by_itself_does_not_fill_the_memory(revocations: Revocations, now: Now) -> None:
    for day in range(20):
        revoke(revocations, FIRST_PRUNE, prefix=f"day {day} ", expires_at=int(now.seconds) + 3600)
        now.seconds += 86_400
    assert len(revocations) <= 2 * FIRST_PRUNE


def test_what_ended_while_nobody_listened_is_read_back(revocations: Revocations, server: TinyServer) -> None:
    ended = [{"session_id": f"s-{number}", "expires_at": 2_000_000} for number in range(3)]
    server.says({"revoked": ended, "now": 1_000_500})
    auth = InternalClient(server.url, SecretStr("open sesame"))
    read_back(revocations, auth)
    read_back(revocations, auth)
    since = 1_000_500 - OVERLAP_SECONDS
    assert server.asked == ["GET /internal/revocations?since=0", f"GET /internal/revocations?since={since}"]
    assert all(revocations.is_revoked(f"s-{number}") for number in range(3))


def test_nothing_is_read_back_from_an_auth_that_is_away(revocations: Revocations, server: TinyServer) -> None:
    server.status = 503
    with pytest.raises(ServiceUnavailableError):
        read_back(revocations, InternalClient(server.url, SecretStr("open sesame")))


def test_whoever_wants_to_know_hears_of_every_session_that_ends(revocations: Revocations) -> None:
    heard: list[str] = []
    revocations.on_revoked = heard.append
    revocations.add("s-1", 2_000_000)
    assert heard == ["s-1"]
    assert revocations.is_revoked("s-1")
