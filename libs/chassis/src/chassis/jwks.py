"""Auth's public keys (RFC 7517), fetched when they are needed and kept."""

import threading
import time
from collections.abc import Callable, Mapping

import jwt
import requests
import structlog

log = structlog.get_logger(__name__)

FETCH_SECONDS = 2.0
# An unknown `kid` makes us look for new keys, but no more often than this, whoever sends them.
REFRESH_SECONDS = 30.0
FIRST_FETCH_SECONDS = 1.0


class KeysUnavailableError(Exception):
    """Not one key is known, because auth has not answered yet."""


class UnknownKeyError(Exception):
    """Auth has no key of this `kid`."""


class Jwks:
    """The keys served at *url*, by `kid`.

    Args:
        monotonic: Seconds that never go back.
    """

    def __init__(self, url: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._monotonic = monotonic
        self._http = requests.Session()
        self._http.trust_env = False
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._next_fetch_at = 0.0
        self._lock = threading.Lock()

    def key_for(self, kid: str) -> jwt.PyJWK:
        """Return the key of *kid*.

        Raises:
            UnknownKeyError: There is none.
            KeysUnavailableError: Nobody can tell yet.
        """
        if kid not in self._keys:
            with self._lock:
                self._refresh_if_due()
        if not self._keys:
            raise KeysUnavailableError(self._url)
        if kid not in self._keys:
            raise UnknownKeyError(kid)
        return self._keys[kid]

    def _refresh_if_due(self) -> None:
        now = self._monotonic()
        if now < self._next_fetch_at:
            return
        self._next_fetch_at = now + (REFRESH_SECONDS if self._keys else FIRST_FETCH_SECONDS)
        try:
            answer = self._http.get(self._url, timeout=FETCH_SECONDS, allow_redirects=False)
            answer.raise_for_status()
            self._keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(answer.json()).keys if key.key_id}
        except (requests.RequestException, ValueError, jwt.PyJWTError) as error:
            log.warning("jwks_unavailable", error=repr(error))
