"""Token verification as every service but auth does it: offline, with auth's keys and the ended sessions at hand."""

import threading
from dataclasses import dataclass
from functools import partial

from pydantic import SecretStr

from chassis.health import Checks
from chassis.internal import InternalClient
from chassis.jwks import Jwks
from chassis.revocations import Revocations, follow_revocations
from chassis.tokens import TokenVerifier, verify_token

JWKS_PATH = "/.well-known/jwks.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class OfflineVerifier:
    """Verifies tokens in this process.

    Attributes:
        checks: Whether it can do so yet.
    """

    verify: TokenVerifier
    checks: Checks


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
        verify=partial(verify_token, key_for=jwks.key_for, is_revoked=revocations.is_revoked),
        checks={"revocations": lambda: revocations.is_complete},
    )
