"""A refresh token is good once; a lost answer may be asked for again."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from auth.domain.refresh_tokens import RETRY_WINDOW, Use, digest_of, new_refresh_token, successor_of, use_of

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
TOKEN = "a-token"


def test_the_first_use_is_the_first() -> None:
    assert use_of(used_at=None, successor_is_used=False, now=NOON) is Use.FIRST


@pytest.mark.parametrize("since", [timedelta(0), timedelta(seconds=1), RETRY_WINDOW])
def test_whoever_lost_the_answer_may_ask_again(since: timedelta) -> None:
    assert use_of(used_at=NOON - since, successor_is_used=False, now=NOON) is Use.REPEATED


def test_not_for_ever() -> None:
    used_at = NOON - RETRY_WINDOW - timedelta(milliseconds=1)
    assert use_of(used_at=used_at, successor_is_used=False, now=NOON) is Use.REUSED


def test_whoever_has_used_the_next_one_has_not_lost_it() -> None:
    assert use_of(used_at=NOON, successor_is_used=True, now=NOON) is Use.REUSED


def test_nobody_can_guess_a_token() -> None:
    tokens = {new_refresh_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) >= 43 for token in tokens)


def test_a_successor_is_the_same_for_whoever_asks_again() -> None:
    assert successor_of(TOKEN, b"salt") == successor_of(TOKEN, b"salt")
    assert len(successor_of(TOKEN, b"salt")) == len(new_refresh_token())


def test_a_successor_is_known_to_nobody_who_has_only_half_of_what_makes_it() -> None:
    successors = {successor_of(TOKEN, b"salt"), successor_of(TOKEN, b"pepper"), successor_of("another", b"salt")}
    assert len(successors) == 3


def test_what_is_kept_is_sha_256() -> None:
    assert digest_of(TOKEN) == hashlib.sha256(b"a-token").digest()
