"""Signs access tokens (RFC 9068) and publishes the key that verifies them."""

import hashlib
import json
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import OKPAlgorithm
from pydantic import SecretStr

from chassis.clock import epoch_seconds
from chassis.tokens import ALGORITHM, AUDIENCE, ISSUER, TYPE


class Signer:
    """Signs with one Ed25519 key, named by its thumbprint (RFC 7638)."""

    def __init__(self, pem: SecretStr) -> None:
        self._key = _private_key(pem)
        public: dict[str, Any] = json.loads(OKPAlgorithm.to_jwk(self._key.public_key()))
        self.kid = _thumbprint(public)
        self.public_jwk = {**public, "kid": self.kid, "alg": ALGORITHM, "use": "sig"}
        self._verifying_key = jwt.PyJWK(self.public_jwk)

    def jwks(self) -> dict[str, Any]:
        """Return the key set (RFC 7517) for `/.well-known/jwks.json`."""
        return {"keys": [self.public_jwk]}

    def key_for(self, _kid: str) -> jwt.PyJWK:
        """Return the key that verifies what this signs."""
        return self._verifying_key

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
        return jwt.encode(claims, self._key, algorithm=ALGORITHM, headers={"kid": self.kid, "typ": TYPE})


def check_signing_key(pem: SecretStr) -> SecretStr:
    """Return *pem* if it can sign.

    Raises:
        ValueError: It is no Ed25519 private key, PKCS #8 in PEM.
    """
    _private_key(pem)
    return pem


def _private_key(pem: SecretStr) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(pem.get_secret_value().encode(), password=None)
    except (ValueError, TypeError) as error:
        raise ValueError("no private key in PEM") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("no Ed25519 key")  # noqa: TRY004 - what pydantic makes a refused setting of
    return key


def _thumbprint(public: dict[str, Any]) -> str:
    members = json.dumps({name: public[name] for name in ("crv", "kty", "x")}, separators=(",", ":"), sort_keys=True)
    return urlsafe_b64encode(hashlib.sha256(members.encode()).digest()).rstrip(b"=").decode()
