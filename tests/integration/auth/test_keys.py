"""Signing keys are made, rotated and retired; on a real database."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from auth.commands.keys import PUBLISHED_BEFORE, RETIRED_KEPT, Rotation, ensure_key, rotate
from auth.keyring import READ_SECONDS, Key, Keyring
from auth.models import SigningKey
from auth.queries import signing_keys
from chassis.jwks import REFRESH_SECONDS
from tests.integration.auth.conftest import HOUR, NOON, Auth

SEALING = Fernet(Fernet.generate_key())
MOMENT = timedelta(seconds=1)


class Ring:
    """The keys of a database, at a time of one's choice."""

    def __init__(self, auth: Auth) -> None:
        self._auth = auth
        self.now = NOON

    def read(self) -> Sequence[Key]:
        with self._auth.sessions() as session:
            return signing_keys(session, SEALING)

    def at(self, now: datetime) -> tuple[str, set[str]]:
        """Return what signs, and what is published."""
        ring = Keyring(self.read, lambda: now)
        ring.refresh()
        return ring.signer().kid, {key["kid"] for key in ring.jwks()["keys"]}


@pytest.fixture
def ring(auth: Auth) -> Ring:
    ensure(auth)
    return Ring(auth)


def ensure(auth: Auth, sealing: Fernet = SEALING, *, now: datetime = NOON) -> None:
    with auth.sessions.begin() as session:
        ensure_key(session, sealing, now=now)


def turn(auth: Auth, *, now: datetime = NOON, is_compromised: bool = False) -> Rotation:
    with auth.sessions.begin() as session:
        return rotate(session, SEALING, token_lifetime=HOUR, is_compromised=is_compromised, now=now)


def test_the_first_key_signs_at_once(ring: Ring) -> None:
    signing, published = ring.at(NOON)
    assert published == {signing}


def test_replicas_that_start_together_make_one_key(auth: Auth) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: ensure(auth), range(12)))
    with auth.sessions() as session:
        assert len(session.scalars(select(SigningKey)).all()) == 1


def test_a_new_key_is_published_before_it_signs_and_the_old_one_outlives_its_tokens(auth: Auth, ring: Ring) -> None:
    old, _ = ring.at(NOON)
    rotation = turn(auth)
    assert rotation.signs_from == NOON + PUBLISHED_BEFORE
    assert ring.at(NOON) == (old, {old, rotation.kid})
    assert ring.at(rotation.signs_from - MOMENT) == (old, {old, rotation.kid})
    assert ring.at(rotation.signs_from) == (rotation.kid, {old, rotation.kid})
    assert ring.at(rotation.signs_from + HOUR) == (rotation.kid, {old, rotation.kid})
    assert ring.at(rotation.trusted_until) == (rotation.kid, {rotation.kid})


def test_everybody_has_looked_for_keys_before_a_new_one_signs() -> None:
    assert timedelta(seconds=REFRESH_SECONDS + READ_SECONDS) < PUBLISHED_BEFORE


def test_a_key_that_is_compromised_is_trusted_no_longer_than_it_signs(auth: Auth, ring: Ring) -> None:
    old, _ = ring.at(NOON)
    usual = turn(auth)
    urgent = turn(auth, now=NOON + MOMENT, is_compromised=True)
    assert ring.at(urgent.signs_from - MOMENT) == (usual.kid, {old, usual.kid, urgent.kid})
    assert ring.at(urgent.signs_from) == (urgent.kid, {urgent.kid})


def test_keys_may_be_rotated_again_before_the_last_one_signed(auth: Auth, ring: Ring) -> None:
    turns = [turn(auth, now=NOON + number * MOMENT) for number in range(3)]
    assert [ring.at(each.signs_from)[0] for each in turns] == [each.kid for each in turns]
    assert ring.at(NOON + 24 * HOUR) == (turns[-1].kid, {turns[-1].kid})


def test_keys_that_retired_long_ago_are_dropped(auth: Auth, ring: Ring) -> None:
    assert ring.read()
    turn(auth)
    turn(auth, now=NOON + RETIRED_KEPT + 24 * HOUR)
    with auth.sessions() as session:
        assert len(session.scalars(select(SigningKey)).all()) == 2


def test_a_key_that_cannot_be_opened_any_more_is_replaced_and_verifies_on(auth: Auth, ring: Ring) -> None:
    ensure(auth, Fernet(Fernet.generate_key()), now=NOON - HOUR)
    ensure(auth)
    signing, published = ring.at(NOON)
    assert len(published) == 2
    opened = {key.signer.kid for key in ring.read() if key.signer}
    assert opened == {signing}


def test_no_private_key_is_kept_as_it_is(auth: Auth, ring: Ring) -> None:
    [key] = ring.read()
    assert key.signer is not None
    raw = key.signer.private_key.private_bytes_raw()
    with auth.sessions() as session:
        [row] = session.scalars(select(SigningKey))
    assert raw not in bytes(row.sealed_private_key)
    assert raw.hex() not in row.public_key
