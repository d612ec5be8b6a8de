"""Token verification as every service but auth does it: offline, with auth's keys and the ended sessions at hand."""

import threading
from collections.abc import Callable
from functools import lru_cache, partial

from pydantic import SecretStr

from chassis.health import Checks
from chassis.internal import InternalClient
from chassis.jwks import Jwks
from chassis.revocations import OnRevoked, Revocations, follow_revocations, tell_nobody
from chassis.runner import in_background
from chassis.tokens import KeyFor, Principal, TokenRejectedError, TokenVerifier, check_token, refuse_ended

# Tokens remembered by a process, at about a kilobyte each.
MAX_KNOWN = 10_000
JWKS_PATH = "/.well-known/jwks.json"


def remembering(key_for: KeyFor, is_revoked: Callable[[str], bool]) -> TokenVerifier:
    """Return what verifies tokens, and knows again those that it has seen: signatures are dear.

    What is refused is not remembered.
    """
    known = lru_cache(maxsize=MAX_KNOWN)(partial(check_token, key_for=key_for))

    def verify(token: str) -> Principal:
        principal = known(token)
        refuse_ended(principal, key_for=key_for, is_revoked=is_revoked)
        return principal

    return verify


class OfflineVerifier:
    """Verifies tokens in this process, once it follows auth.

    Args:
        service: Who does so.
        auth_url: Where auth listens to other services.

    Attributes:
        checks: Whether it can verify yet.
    """

    def __init__(self, *, service: str, auth_url: str, credential: SecretStr, amqp_url: SecretStr) -> None:
        self._service = service
        self._auth = InternalClient(auth_url, credential)
        self._amqp_url = amqp_url.get_secret_value()
        self._jwks = Jwks(auth_url.rstrip("/") + JWKS_PATH)
        self._revocations = Revocations()
        self.checks: Checks = {"keys": self._jwks.is_known, "revocations": lambda: self._revocations.is_complete}
        self.verify: TokenVerifier = remembering(self._jwks.key_for, self._revocations.is_revoked)

    def is_good(self, principal: Principal) -> bool:
        """Whether a token that was good once still is, as far as anybody knows."""
        try:
            refuse_ended(principal, key_for=self._jwks.key_for, is_revoked=self._revocations.is_revoked)
        except TokenRejectedError:
            return False
        return True

    def follow(self, on_revoked: OnRevoked = tell_nobody) -> None:
        """Follow auth's keys and the sessions that end, for as long as the process lives.

        Args:
            on_revoked: Called with the id of every session that has ended, perhaps more than once.
        """
        self._revocations.on_revoked = on_revoked
        forever = threading.Event()
        in_background(self._jwks.run, forever)
        follow_revocations(
            self._revocations, amqp_url=self._amqp_url, auth=self._auth, service=self._service, stopping=forever
        )
