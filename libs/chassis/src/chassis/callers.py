"""Who makes the current request."""

from collections.abc import Callable

from flask import request

from chassis.tokens import NotAuthenticatedError, Principal, TokenRejectedError, TokenVerifier


class Callers:
    """Tells the caller by the Bearer token.

    Args:
        anonymous_read: Whether reading needs no token.
        seen: Called with the user id of everybody who shows a good token.
    """

    def __init__(
        self, verify: TokenVerifier, *, anonymous_read: bool = True, seen: Callable[[int], None] = lambda _: None
    ) -> None:
        self._verify = verify
        self._anonymous_read = anonymous_read
        self._seen = seen

    def required(self) -> Principal:
        """Return who calls.

        Raises:
            NotAuthenticatedError: There is no Bearer token.
            TokenRejectedError: There is one, and it is wrong.
        """
        token = bearer_token()
        if token is None:
            raise NotAuthenticatedError("A Bearer token is needed; POST /api/v1/tokens gives one.")
        return self._principal(token)

    def optional(self) -> Principal | None:
        """Return who calls, None for somebody without a token; raises as `required` does where reading needs one."""
        if not self._anonymous_read:
            return self.required()
        token = bearer_token()
        return None if token is None else self._principal(token)

    def _principal(self, token: str) -> Principal:
        principal = self._verify(token)
        self._seen(principal.user_id)
        return principal


def bearer_token() -> str | None:
    """Return the token of the current request; None without one, with an empty one, or with another scheme."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        return None
    if not token.isascii():
        raise TokenRejectedError("The token is not valid.")
    return token


def client_address() -> str:
    """Return the address of the client, as the gateway tells it; without a gateway, of whoever asks."""
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return told or request.remote_addr or "unknown"
