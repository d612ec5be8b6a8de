"""The keys of the moment: those that are published, and the one that signs."""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
import structlog
from cryptography.fernet import Fernet

from auth.models import SigningKey
from auth.signing import Signer
from chassis.clock import Clock
from chassis.database import DATABASE_ERRORS
from chassis.jwks import KeysUnavailableError, UnknownKeyError

log = structlog.get_logger(__name__)

# A key of a rotation is known to every replica so soon.
READ_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Key:
    """A signing key as it is kept in memory; without a signer it can only verify."""

    public_jwk: dict[str, Any]
    verifier: jwt.PyJWK
    signer: Signer | None
    signs_from: datetime
    trusted_until: datetime | None

    def is_trusted(self, now: datetime) -> bool:
        """Whether it verifies tokens at *now*."""
        return self.trusted_until is None or now < self.trusted_until


def opened(row: SigningKey, sealing: Fernet) -> Key:
    """Return the key of *row*."""
    public_jwk = json.loads(row.public_key)
    signer = Signer.unsealed(row.sealed_private_key, sealing)
    return Key(public_jwk, jwt.PyJWK(public_jwk), signer, row.signs_from, row.trusted_until)


class Keyring:
    """All keys, as they were when last read.

    Args:
        read: Reads them.
    """

    def __init__(self, read: Callable[[], Sequence[Key]], clock: Clock) -> None:
        self._read = read
        self._clock = clock
        self._keys: Sequence[Key] = ()

    def refresh(self) -> None:
        """Read them now."""
        self._keys = self._read()

    def run(self, stopping: threading.Event) -> None:
        """Read them again and again until *stopping* is set."""
        while not stopping.wait(READ_SECONDS if self.can_sign() else 1.0):
            try:
                self.refresh()
            except DATABASE_ERRORS as error:
                log.warning("keys_unavailable", error=repr(error))
            except Exception:
                log.exception("unexpected_error")

    def can_sign(self) -> bool:
        """Whether there is a key to sign with."""
        return bool(self._signers())

    def signer(self) -> Signer:
        """Return what signs now: the newest key whose time has come.

        Raises:
            KeysUnavailableError: There is none.
        """
        signers = self._signers()
        if not signers:
            raise KeysUnavailableError("there is no key to sign with")
        return signers[-1]

    def jwks(self) -> dict[str, Any]:
        """Return the key set (RFC 7517) for `/.well-known/jwks.json`."""
        now = self._clock()
        return {"keys": [key.public_jwk for key in self._keys if key.is_trusted(now)]}

    def key_for(self, kid: str) -> jwt.PyJWK:
        """Return the key of *kid*.

        Raises:
            UnknownKeyError: There is none, or it is trusted no more.
        """
        now = self._clock()
        for key in self._keys:
            if key.verifier.key_id == kid and key.is_trusted(now):
                return key.verifier
        raise UnknownKeyError(kid)

    def _signers(self) -> list[Signer]:
        now = self._clock()
        ready = [key for key in self._keys if key.signs_from <= now and key.is_trusted(now)]
        return [key.signer for key in sorted(ready, key=lambda key: key.signs_from) if key.signer]
