"""Tokens are signed with one Ed25519 key, whose public half is published under its thumbprint."""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from pydantic import SecretStr

from auth.settings import WebSettings
from auth.signing import Signer
from chassis.settings import SettingsError
from chassis.tokens import Principal, TokenRejectedError, verify_token

SESSION = UUID("01234567-89ab-cdef-0123-456789abcdef")
HOUR = timedelta(hours=1)


@pytest.fixture
def signer(pem: SecretStr) -> Signer:
    return Signer(pem)


def pem_of(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> SecretStr:
    return SecretStr(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def sign(signer: Signer, *, now: datetime | None = None) -> str:
    return signer.sign(user_id=7, session_id=SESSION, now=now or datetime.now(UTC), lifetime=HOUR)


def test_a_key_is_named_as_in_rfc_8037() -> None:
    """Appendix A.3 gives the thumbprint of the key of appendix A.1."""
    private = urlsafe_b64decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
    signer = Signer(pem_of(Ed25519PrivateKey.from_private_bytes(private)))
    assert signer.public_jwk["x"] == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert signer.kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_key_that_is_read_again_keeps_its_name(pem: SecretStr) -> None:
    assert Signer(pem).kid == Signer(pem).kid


def test_what_is_signed_verifies_against_what_is_published(signer: Signer) -> None:
    now = datetime.now(UTC)
    keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(signer.jwks()).keys}
    principal = verify_token(sign(signer, now=now), key_for=lambda kid: keys[kid], is_revoked=lambda _id: False)
    assert principal == Principal(
        user_id=7, session_id=str(SESSION), expires_at=int(now.timestamp()) + int(HOUR.total_seconds())
    )


def test_what_another_key_signed_does_not(signer: Signer) -> None:
    other = Signer(pem_of(Ed25519PrivateKey.generate()))
    with pytest.raises(TokenRejectedError):
        verify_token(sign(other), key_for=signer.key_for, is_revoked=lambda _id: False)


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


ED25519 = Ed25519PrivateKey.generate()
NO_SIGNING_KEYS = {
    "nothing": "",
    "no PEM": "secret",
    "a public key": ED25519.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    "a key behind a password": ED25519.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")
    ).decode(),
    "a key of another kind": pem_of(ec.generate_private_key(ec.SECP256R1())).get_secret_value(),
}


@pytest.mark.parametrize("pem", NO_SIGNING_KEYS.values(), ids=NO_SIGNING_KEYS)
def test_auth_does_not_start_without_a_key_to_sign_with(pem: str) -> None:
    environ = {"DATABASE_URL": "postgresql://db", "SERVICE_CREDENTIAL": "open sesame", "SIGNING_KEY": pem}
    with pytest.raises(SettingsError, match="SIGNING_KEY"):
        WebSettings.from_env(environ)


def test_every_login_has_a_session_of_its_own(signer: Signer) -> None:
    session_id = uuid4()
    token = signer.sign(user_id=7, session_id=session_id, now=datetime.now(UTC), lifetime=HOUR)
    assert jwt.decode(token, options={"verify_signature": False})["sid"] == str(session_id)
