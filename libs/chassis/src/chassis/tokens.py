"""Verifies access tokens (RFC 7519, RFC 8725) without asking anyone."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import jwt

from chassis.jwks import KeysUnavailableError, UnknownKeyError

__all__ = ["KeysUnavailableError", "NotAuthenticatedError", "Principal", "TokenRejectedError", "verify_token"]

ALGORITHM = "EdDSA"
TYPE = "at+jwt"
ISSUER = "flack-auth"
AUDIENCE = "flack"
REQUIRED_CLAIMS = ["iss", "aud", "sub", "exp", "iat", "jti", "sid"]
LEEWAY_SECONDS = 5
MAX_TOKEN_CHARS = 2048

KeyFor: TypeAlias = Callable[[str], jwt.PyJWK]


class NotAuthenticatedError(Exception):
    """A token is needed and there is none."""


class TokenRejectedError(Exception):
    """A token is malformed, forged, expired or revoked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Principal:
    """Whom a token speaks for.

    Attributes:
        expires_at: In epoch seconds.
    """

    user_id: int
    session_id: str
    expires_at: int


TokenVerifier: TypeAlias = Callable[[str], Principal]


def verify_token(token: str, *, key_for: KeyFor, is_revoked: Callable[[str], bool]) -> Principal:
    """Return who *token* speaks for right now.

    Args:
        key_for: Maps a `kid` to auth's public key.
        is_revoked: Whether a session (`sid`) has ended before its time.

    Raises:
        TokenRejectedError: A check failed; clocks may differ by `LEEWAY_SECONDS`.
        KeysUnavailableError: It cannot be checked for now.
    """
    principal = check_token(token, key_for=key_for)
    refuse_ended(principal, is_revoked)
    return principal


def refuse_ended(principal: Principal, is_revoked: Callable[[str], bool]) -> None:
    """Refuse a token that was good once.

    Raises:
        TokenRejectedError: It has run out, or its session has ended.
    """
    if time.time() >= principal.expires_at + LEEWAY_SECONDS:
        raise TokenRejectedError("The token has expired.")
    if is_revoked(principal.session_id):
        raise TokenRejectedError("The session of this token has ended.")


def check_token(token: str, *, key_for: KeyFor) -> Principal:
    """Return who *token* speaks for until it runs out or its session ends.

    Args:
        key_for: Maps a `kid` to auth's public key.

    Raises:
        TokenRejectedError: It is malformed, forged, or has expired; clocks may differ by `LEEWAY_SECONDS`.
        KeysUnavailableError: It cannot be checked for now.
    """
    if len(token) > MAX_TOKEN_CHARS:
        raise TokenRejectedError("The token is too long.")
    try:
        return _principal(_claims(token, key_for))
    except (jwt.PyJWTError, UnknownKeyError, ValueError):
        raise TokenRejectedError("The token is not valid, or has expired.") from None


def _claims(token: str, key_for: KeyFor) -> dict[str, Any]:
    header = jwt.get_unverified_header(token)
    kid = header.get("kid")
    if header.get("alg") != ALGORITHM or header.get("typ") != TYPE or not isinstance(kid, str):
        raise UnknownKeyError
    return jwt.decode(
        token,
        key_for(kid),
        algorithms=[ALGORITHM],
        issuer=ISSUER,
        audience=AUDIENCE,
        leeway=LEEWAY_SECONDS,
        options={"require": REQUIRED_CLAIMS},
    )


def _principal(claims: dict[str, Any]) -> Principal:
    return Principal(user_id=int(claims["sub"]), session_id=str(claims["sid"]), expires_at=int(claims["exp"]))
