"""Verifies access tokens (RFC 7519, RFC 8725) without asking anyone."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import jwt
from jwt.utils import base64url_decode

from chassis.jwks import KeysUnavailableError, UnknownKeyError

__all__ = ["KeysUnavailableError", "NotAuthenticatedError", "Principal", "TokenRejectedError", "verify_token"]

ALGORITHM = "EdDSA"
TYPE = "at+jwt"
ISSUER = "flack-auth"
AUDIENCE = "flack"
REQUIRED_CLAIMS = ["iss", "aud", "sub", "exp", "iat", "jti", "sid"]
LEEWAY_SECONDS = 5
MAX_TOKEN_CHARS = 2048

USER_ID = re.compile(r"[1-9][0-9]{0,18}")
SESSION_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

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
        key_id: The `kid` of the key that has signed it.
    """

    user_id: int
    session_id: str
    expires_at: int
    key_id: str


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
    refuse_ended(principal, key_for=key_for, is_revoked=is_revoked)
    return principal


def refuse_ended(principal: Principal, *, key_for: KeyFor, is_revoked: Callable[[str], bool]) -> None:
    """Refuse a token that was good once.

    Raises:
        TokenRejectedError: It has run out, its key is trusted no more, or its session has ended.
    """
    if time.time() >= principal.expires_at + LEEWAY_SECONDS:
        raise TokenRejectedError("The token has expired.")
    try:
        key_for(principal.key_id)
    except UnknownKeyError:
        raise TokenRejectedError("The key of this token is trusted no more.") from None
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
        header, claims = _parts(token)
        key_id = _key_id(header)
        _verify(token, key_for(key_id))
        return _principal(claims, key_id)
    except (jwt.PyJWTError, UnknownKeyError, ValueError, TypeError, RecursionError):
        raise TokenRejectedError("The token is not valid, or has expired.") from None


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, claims, _signature = token.encode("ascii").split(b".")
    return _json_object(header), _json_object(claims)


def _json_object(part: bytes) -> dict[str, Any]:
    members = json.loads(base64url_decode(part), object_pairs_hook=_no_name_twice)
    if not isinstance(members, dict):
        raise TypeError("not an object")
    return members


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Of two members of one name, others may read the one that we do not (RFC 8725 section 2.4).
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a name stands twice")
    return members


def _key_id(header: dict[str, Any]) -> str:
    key_id = header.get("kid")
    # Where a token says that its key is to be found (jku, x5u, jwk, x5c) is none of our concern.
    if header.get("alg") != ALGORITHM or header.get("typ") != TYPE or "crit" in header or not isinstance(key_id, str):
        raise ValueError("not the header of an access token")
    return key_id


def _verify(token: str, key: jwt.PyJWK) -> None:
    jwt.decode(
        token,
        key,
        algorithms=[ALGORITHM],
        issuer=ISSUER,
        audience=AUDIENCE,
        leeway=LEEWAY_SECONDS,
        options={"require": REQUIRED_CLAIMS, "strict_aud": True},
    )


def _principal(claims: dict[str, Any], key_id: str) -> Principal:
    user_id, session_id, expires_at = claims["sub"], claims["sid"], claims["exp"]
    if not USER_ID.fullmatch(user_id) or not SESSION_ID.fullmatch(session_id) or type(expires_at) is not int:
        raise ValueError("not what auth would say")
    return Principal(user_id=int(user_id), session_id=session_id, expires_at=expires_at, key_id=key_id)
