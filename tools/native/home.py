"""The folder that holds everything of one running system: data, secrets, logs."""

import fcntl
import json
import os
import shutil
import time
from pathlib import Path
from typing import IO

from tools.native.errors import HomeTakenError

# How long a stop may take; whoever comes during a stop waits for its end.
STOP_SECONDS = 30

# The folder of npm's packages.
FETCHED = "npm"


class Home:
    """One runner's folder; `claim` makes it this process's own until `release` or death."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.logs = self.path / "logs"
        self.secrets = self.path / "secrets"
        self._lock: IO[str] | None = None

    def claim(self) -> None:
        """Take the folder.

        Raises:
            HomeTakenError: Another runner has it, and is not about to stop.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        # Others may pass through to what is theirs (PostgreSQL's user), not look around.
        self.path.chmod(0o711)
        lock = (self.path / "lock").open("a+", encoding="utf-8")
        deadline = time.monotonic() + STOP_SECONDS
        while not _locked(lock):
            holder = _note_in(lock)
            if not holder.get("stopping") or time.monotonic() > deadline:
                lock.close()
                raise HomeTakenError(
                    f"Flack is already running in {self.path} (process {holder.get('pid', 'unknown')})."
                )
            time.sleep(0.1)
        self._lock = lock
        self._write_note(stopping=False)

    def empty(self) -> None:
        """Forget everything but what was fetched from elsewhere; only for a folder that is claimed and at rest."""
        for entry in self.path.iterdir():
            if entry.is_dir() and entry.name != FETCHED:
                shutil.rmtree(entry)

    def announce_stop(self) -> None:
        """Let whoever comes next wait for the end instead of giving up."""
        if self._lock:
            self._write_note(stopping=True)

    def release(self) -> None:
        """Leave the folder to others."""
        if self._lock:
            self._lock.close()
            self._lock = None

    def _write_note(self, *, stopping: bool) -> None:
        if self._lock:
            self._lock.truncate(0)
            self._lock.write(json.dumps({"pid": os.getpid(), "stopping": stopping}))
            self._lock.flush()


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _note_in(lock: IO[str]) -> dict[str, object]:
    lock.seek(0)
    try:
        note = json.loads(lock.read())
    except ValueError:  # between a truncation and the words that follow it
        return {}
    return note if isinstance(note, dict) else {}
