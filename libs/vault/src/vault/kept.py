"""Secrets that are made once and kept, readable by their owner only."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SECRET_BYTES = 32


class Vault:
    """A folder of secrets, one file each; by default for its owner only."""

    def __init__(self, folder: Path, *, file_mode: int = 0o600, folder_mode: int = 0o700) -> None:
        self._folder = folder
        self._file_mode = file_mode
        self._folder_mode = folder_mode

    def secret(self, name: str) -> str:
        """Return the secret called *name*, made of random letters and digits the first time."""
        return self.secret_file(name).read_text(encoding="ascii")

    def secret_file(self, name: str) -> Path:
        """Return the file of the secret called *name*."""
        return self._kept(name, lambda: secrets.token_urlsafe(SECRET_BYTES))

    def signing_key_file(self) -> Path:
        """Return the file of an Ed25519 private key, PKCS #8 in PEM."""
        return self._kept("signing_key", _new_signing_key)

    def put(self, name: str, value: str) -> Path:
        """Write *value* anew and return its file."""
        self._folder.mkdir(mode=self._folder_mode, parents=True, exist_ok=True)
        path, draft = self._folder / name, self._folder / f".{name}"
        draft.unlink(missing_ok=True)
        # Written aside and moved into place: a runner that is killed here leaves no half secret behind.
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            os.fchmod(file.fileno(), self._file_mode)
            file.write(value)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        return path

    def _kept(self, name: str, make: Callable[[], str]) -> Path:
        path = self._folder / name
        return path if path.exists() else self.put(name, make())


def _new_signing_key() -> str:
    return (
        Ed25519PrivateKey.generate()
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode("ascii")
    )
