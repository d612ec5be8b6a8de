"""Log files that do not grow for ever."""

from pathlib import Path
from typing import IO

MAX_BYTES = 10_000_000
TAIL_BYTES = 4_000
TAIL_LINES = 15


def open_log(path: Path) -> IO[bytes]:
    """Open *path* for more lines; one that has grown too large is set aside, and the one before it dropped."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > MAX_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


def tail_of(path: Path) -> str:
    """Return the last lines of *path*."""
    if not path.exists():
        return "(empty)"
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL_BYTES))
        lines = file.read().decode("utf-8", "replace").splitlines()
    return "\n".join(lines[-TAIL_LINES:]) or "(empty)"
