"""Signs access tokens (RFC 9068) with Ed25519 keys (RFC 8037), and seals those keys."""

import hashlib
import hmac
import json
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID, uuid4

import jwt
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm
from pydantic import SecretStr

from chassis.clock import epoch_seconds
from chassis.tokens import ALGORITHM, AUDIENCE, ISSUER, TYPE

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with one key, which is named by its thumbprint (RFC 7638)."""

    kid: str
    private_key: Ed25519PrivateKey

    @classmethod
    def generate(cls) -> Self:
        """Return a signer with a new key."""
        return cls._of(Ed25519PrivateKey.generate())

    @classmethod
    def unsealed(cls, sealed: bytes, sealing: Fernet) -> Self | None:
        """Return the signer whose key was sealed; None if it was with another key encryption key."""
        try:
            return cls._of(Ed25519PrivateKey.from_private_bytes(sealing.decrypt(sealed)))
        except InvalidToken:
            return None

    @classmethod
    def _of(cls, private_key: Ed25519PrivateKey) -> Self:
        return cls(_thumbprint(_public_members(private_key)), private_key)

    @property
    def public_jwk(self) -> dict[str, Any]:
        """The key that verifies what this signs (RFC 7517)."""
        return {**_public_members(self.private_key), "kid": self.kid, "alg": ALGORITHM, "use": "sig"}

    def sealed(self, sealing: Fernet) -> bytes:
        """Return the private key, readable with *sealing* only."""
        return sealing.encrypt(self.private_key.private_bytes_raw())

    def sign(self, *, user_id: int, session_id: UUID, now: datetime, lifetime: timedelta) -> str:
        """Return an access token for *user_id*, good for *lifetime*."""
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "iat": epoch_seconds(now),
            "exp": epoch_seconds(now + lifetime),
            "jti": str(uuid4()),
            "sid": str(session_id),
        }
        return jwt.encode(claims, self.private_key, algorithm=ALGORITHM, headers={"kid": self.kid, "typ": TYPE})


def sealing_of(key: SecretStr) -> Fernet:
    """Return what seals with *key*, 32 random bytes in base64url.

    Raises:
        ValueError: It is something else.
    """
    try:
        raw = b64decode(key.get_secret_value().rstrip("=") + "=", altchars=b"-_", validate=True)
    except ValueError:
        raw = b""
    if len(raw) != KEY_BYTES:
        raise ValueError(f"not {KEY_BYTES} bytes in base64url")
    return Fernet(urlsafe_b64encode(raw))


def key_for_accounts(key: SecretStr) -> bytes:
    """Return what hides nicknames, made of the same *key*."""
    return hmac.digest(key.get_secret_value().encode(), b"accounts", "sha256")


def check_sealing_key(key: SecretStr) -> SecretStr:
    """Return *key* if it can seal.

    Raises:
        ValueError: It cannot.
    """
    sealing_of(key)
    return key


def _public_members(private_key: Ed25519PrivateKey) -> dict[str, Any]:
    members: dict[str, Any] = json.loads(OKPAlgorithm.to_jwk(private_key.public_key()))
    return members


def _thumbprint(public: dict[str, Any]) -> str:
    members = json.dumps({name: public[name] for name in ("crv", "kty", "x")}, separators=(",", ":"), sort_keys=True)
    return urlsafe_b64encode(hashlib.sha256(members.encode()).digest()).rstrip(b"=").decode()
