"""Token verification as every service but auth does it: offline, with auth's keys and the ended sessions at hand."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

from pydantic import SecretStr

from chassis.health import Checks
from chassis.internal import InternalClient
from chassis.jwks import Jwks
from chassis.revocations import Revocations, follow_revocations
from chassis.tokens import Principal, TokenVerifier, check_token, refuse_ended

# Tokens remembered by a process, at about a kilobyte each.
MAX_KNOWN = 10_000
JWKS_PATH = "/.well-known/jwks.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class OfflineVerifier:
    """Verifies tokens in this process.

    Attributes:
        checks: Whether it can do so yet.
    """

    verify: TokenVerifier
    checks: Checks


def remembering(check: TokenVerifier, is_revoked: Callable[[str], bool]) -> TokenVerifier:
    """Return what verifies tokens, and knows again those that it has seen: signatures are dear.

    Args:
        check: Tells whom a token speaks for; what it refuses is not remembered.
    """
    known = lru_cache(maxsize=MAX_KNOWN)(check)

    def verify(token: str) -> Principal:
        principal = known(token)
        refuse_ended(principal, is_revoked)
        return principal

    return verify


def offline_verifier(*, service: str, auth_url: str, amqp_url: SecretStr, auth: InternalClient) -> OfflineVerifier:
    """Return what verifies tokens in this process, and begin to follow revocations."""
    jwks = Jwks(auth_url.rstrip("/") + JWKS_PATH)
    revocations = Revocations()
    follow_revocations(
        revocations,
        amqp_url=amqp_url.get_secret_value(),
        auth=auth,
        service=service,
        stopping=threading.Event(),  # for as long as the process lives
    )
    return OfflineVerifier(
        verify=remembering(partial(check_token, key_for=jwks.key_for), revocations.is_revoked),
        checks={"revocations": lambda: revocations.is_complete},
    )
