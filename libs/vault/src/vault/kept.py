"""Secrets that are made once and kept, readable by their owner only."""

import os
import secrets
from pathlib import Path

SECRET_BYTES = 32


class Vault:
    """A folder of secrets, one file each; by default for its owner only."""

    def __init__(self, folder: Path, *, file_mode: int = 0o600, folder_mode: int = 0o700) -> None:
        self._folder = folder
        self._file_mode = file_mode
        self._folder_mode = folder_mode

    def secret(self, name: str) -> str:
        """Return the secret called *name*, 32 random bytes in base64url, made the first time."""
        return self.secret_file(name).read_text(encoding="ascii")

    def secret_file(self, name: str) -> Path:
        """Return the file of the secret called *name*."""
        path = self._folder / name
        return path if path.exists() else self.put(name, _new_secret())

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


def _new_secret() -> str:
    # One that begins with a dash is an option to the commands that operators give it to.
    while (secret := secrets.token_urlsafe(SECRET_BYTES)).startswith("-"):
        pass
    return secret
