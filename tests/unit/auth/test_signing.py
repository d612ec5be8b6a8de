"""Tokens are signed with Ed25519 keys, whose public halves are published under their thumbprints."""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest
from cryptography.fernet import Fernet

from auth.keyring import Keyring
from auth.signing import Signer
from chassis.clock import utc_now
from chassis.tokens import Principal, TokenRejectedError, verify_token
from tests.unit.auth.conftest import key_of

SESSION = UUID("01234567-89ab-cdef-0123-456789abcdef")
HOUR = timedelta(hours=1)
SEALING = Fernet(Fernet.generate_key())


@pytest.fixture
def signer() -> Signer:
    return Signer.generate()


def sign(signer: Signer, *, now: datetime | None = None) -> str:
    return signer.sign(user_id=7, session_id=SESSION, now=now or utc_now(), lifetime=HOUR)


def test_a_key_is_named_as_in_rfc_8037() -> None:
    """Appendix A.3 gives the thumbprint of the key of appendix A.1."""
    private = urlsafe_b64decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
    signer = Signer.unsealed(SEALING.encrypt(private), SEALING)
    assert signer is not None
    assert signer.public_jwk["x"] == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert signer.kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_sealed_key_is_opened_with_what_sealed_it_and_nothing_else(signer: Signer) -> None:
    sealed = signer.sealed(SEALING)
    opened = Signer.unsealed(sealed, SEALING)
    assert opened is not None
    assert opened.public_jwk == signer.public_jwk
    assert Signer.unsealed(sealed, Fernet(Fernet.generate_key())) is None
    assert signer.private_key.private_bytes_raw() not in sealed


def test_what_is_signed_verifies_against_what_is_published(signer: Signer) -> None:
    now = datetime.now(UTC)
    ring = Keyring(lambda: [key_of(signer)], utc_now)
    ring.refresh()
    keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(ring.jwks()).keys}
    principal = verify_token(sign(signer, now=now), key_for=lambda kid: keys[kid], is_revoked=lambda _id: False)
    expires_at = int(now.timestamp()) + int(HOUR.total_seconds())
    assert principal == Principal(user_id=7, session_id=str(SESSION), expires_at=expires_at, key_id=signer.kid)


def test_nothing_private_is_published(signer: Signer) -> None:
    assert set(signer.public_jwk) == {"kty", "crv", "x", "kid", "alg", "use"}


def test_what_another_key_signed_does_not_verify(signer: Signer) -> None:
    key = key_of(signer)
    with pytest.raises(TokenRejectedError):
        verify_token(sign(Signer.generate()), key_for=lambda _kid: key.verifier, is_revoked=lambda _id: False)


def test_a_token_names_its_key_and_its_kind(signer: Signer) -> None:
    header = jwt.get_unverified_header(sign(signer))
    assert header == {"alg": "EdDSA", "kid": signer.kid, "typ": "at+jwt"}


def test_a_token_says_what_rfc_9068_asks_for(signer: Signer) -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    claims = jwt.decode(sign(signer, now=now), options={"verify_signature": False})
    assert UUID(claims.pop("jti"))
    assert claims == {
        "iss": "flack-auth",
        "aud": "flack",
        "sub": "7",
        "sid": str(SESSION),
        "iat": 1_772_366_400,
        "exp": 1_772_370_000,
    }


def test_no_two_tokens_are_the_same(signer: Signer) -> None:
    now = datetime.now(UTC)
    assert sign(signer, now=now) != sign(signer, now=now)
