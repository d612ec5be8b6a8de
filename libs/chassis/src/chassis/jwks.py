"""Auth's public keys (RFC 7517), looked up before they are needed and kept."""

import threading
from collections.abc import Mapping

import jwt
import requests
import structlog

log = structlog.get_logger(__name__)

FETCH_SECONDS = 2.0
# How old the keys may be, here and in the caches of others: a new one signs no sooner than all have it.
REFRESH_SECONDS = 30.0
# After a look that failed.
RETRY_SECONDS = 1.0
MAX_KEYS = 100


class KeysUnavailableError(Exception):
    """Not one key is known, because auth has not answered yet."""


class UnknownKeyError(Exception):
    """Auth has no key of this `kid`."""


class Jwks:
    """The keys served at *url*, by `kid`; once known they are kept for as long as auth does not answer.

    No token makes us ask for keys: `run` does, often enough for a new one to be here before it signs.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = requests.Session()
        self._http.trust_env = False
        self._keys: Mapping[str, jwt.PyJWK] = {}

    def key_for(self, kid: str) -> jwt.PyJWK:
        """Return the key of *kid*.

        Raises:
            UnknownKeyError: There is none.
            KeysUnavailableError: Nobody can tell yet.
        """
        if not self._keys:
            raise KeysUnavailableError(self._url)
        if kid not in self._keys:
            raise UnknownKeyError(kid)
        return self._keys[kid]

    def is_known(self) -> bool:
        """Whether there is any key."""
        return bool(self._keys)

    def run(self, stopping: threading.Event) -> None:
        """Look for keys until *stopping* is set."""
        while not stopping.wait(REFRESH_SECONDS if self.refresh() else RETRY_SECONDS):
            pass

    def refresh(self) -> bool:
        """Look which keys there are, and return whether auth has told."""
        try:
            answer = self._http.get(self._url, timeout=FETCH_SECONDS, allow_redirects=False)
            answer.raise_for_status()
            keys = jwt.PyJWKSet.from_dict(answer.json()).keys[:MAX_KEYS]
            self._keys = {key.key_id: key for key in keys if key.key_id}
        except (requests.RequestException, ValueError, AttributeError, jwt.PyJWTError) as error:
            log.warning("jwks_unavailable", error=repr(error))
            return False
        return bool(self._keys)
