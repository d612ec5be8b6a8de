"""Refresh tokens: each is good once, and followed by another (RFC 9700 section 4.14.2)."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

REFRESH_LIFETIME: Final = timedelta(days=30)
# Whoever lost the answer to a refresh may ask again for so long.
RETRY_WINDOW: Final = timedelta(seconds=10)
TOKEN_BYTES: Final = 32
MAX_REFRESH_TOKEN_CHARS: Final = 256


class RefreshTokenRejectedError(Exception):
    """A refresh token is unknown, was used before, or has expired with its session."""


class Use(Enum):
    """What the use of a refresh token is."""

    FIRST = auto()
    REPEATED = auto()
    REUSED = auto()


def use_of(*, used_at: datetime | None, successor_is_used: bool, now: datetime) -> Use:
    """Return whether a token is used for the first time, by somebody who lost the answer, or by somebody else."""
    if used_at is None:
        return Use.FIRST
    return Use.REPEATED if now - used_at <= RETRY_WINDOW and not successor_is_used else Use.REUSED


def new_refresh_token() -> str:
    """Return a token that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(refresh_token: str) -> bytes:
    """Return what is kept of a token."""
    return hashlib.sha256(refresh_token.encode()).digest()


def successor_of(refresh_token: str, salt: bytes) -> str:
    """Return the token that follows: the same for the same *salt*, and known to nobody who has not both."""
    digest = hmac.digest(salt, refresh_token.encode(), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
