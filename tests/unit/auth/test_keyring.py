"""A key is published before it signs, and trusted after it has signed the last time."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from auth.keyring import Key, Keyring
from auth.signing import Signer
from chassis.jwks import KeysUnavailableError, UnknownKeyError
from tests.unit.auth.conftest import key_of

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OLD, NEW = Signer.generate(), Signer.generate()


class Time:
    """Passes when it is told to."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def ring(time: Time) -> Keyring:
    """In the middle of a rotation: another key signs in a minute, and this one is trusted for ten."""
    keys = [key_of(OLD, trusted_until=NOON + 10 * MINUTE), key_of(NEW, signs_from=NOON + MINUTE)]
    ring = Keyring(lambda: keys, time)
    ring.refresh()
    return ring


def published(ring: Keyring) -> set[str]:
    return {key["kid"] for key in ring.jwks()["keys"]}


def test_a_new_key_is_published_before_it_signs(ring: Keyring) -> None:
    assert published(ring) == {OLD.kid, NEW.kid}
    assert ring.signer() is OLD
    assert ring.key_for(NEW.kid).key_id == NEW.kid


def test_it_signs_when_its_time_has_come(ring: Keyring, time: Time) -> None:
    time.now += MINUTE
    assert ring.signer() is NEW
    assert published(ring) == {OLD.kid, NEW.kid}


def test_the_old_one_is_trusted_until_its_last_token_has_run_out(ring: Keyring, time: Time) -> None:
    time.now += 10 * MINUTE - timedelta(seconds=1)
    assert ring.key_for(OLD.kid)
    time.now += timedelta(seconds=1)
    assert published(ring) == {NEW.kid}
    with pytest.raises(UnknownKeyError):
        ring.key_for(OLD.kid)


def test_a_key_that_cannot_be_opened_verifies_and_does_not_sign(time: Time) -> None:
    sealed = key_of(OLD)
    keys = [Key(sealed.public_jwk, sealed.verifier, None, sealed.signs_from, None)]
    ring = Keyring(lambda: keys, time)
    ring.refresh()
    assert ring.key_for(OLD.kid)
    assert not ring.can_sign()
    with pytest.raises(KeysUnavailableError):
        ring.signer()


def test_keys_outlive_the_database(time: Time) -> None:
    keys: Sequence[Key] = [key_of(OLD)]

    def read() -> Sequence[Key]:
        if not keys:
            raise OperationalError("SELECT", None, Exception("away"))
        return keys

    ring = Keyring(read, time)
    ring.refresh()
    keys = []
    with pytest.raises(OperationalError):
        ring.refresh()
    assert ring.signer() is OLD


def test_nobody_has_a_key_by_a_name_that_it_has_not(ring: Keyring) -> None:
    for kid in ("", "x", OLD.kid.lower(), OLD.kid + " "):
        with pytest.raises(UnknownKeyError):
            ring.key_for(kid)
