"""What an image is made of, and what that means for the image that is there."""

import enum
import hashlib
import stat
from collections.abc import Mapping
from pathlib import Path

# Every stand-in has this label; its value says which definition it was built of.
LABEL = "flack.stand-in"


class Decision(enum.Enum):
    """What to do about one name."""

    BUILD = "build"
    KEEP = "keep"
    LEAVE_ALONE = "leave alone"


def decide(labels: Mapping[str, str] | None, definition: str) -> Decision:
    """Return what to do about an image.

    Args:
        labels: Those of the image that has the name now; None if there is none.
        definition: What it should be made of.
    """
    if labels is None:
        return Decision.BUILD
    if LABEL not in labels:
        return Decision.LEAVE_ALONE  # a real one
    return Decision.KEEP if labels[LABEL] == definition else Decision.BUILD


def definition_of(folder: Path, *, base: str) -> str:
    """Return a digest of all that is in *folder* and of *base*, the definition that it builds on."""
    digest = hashlib.sha256(base.encode())
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        is_executable = bool(path.stat().st_mode & stat.S_IXUSR)
        digest.update(f"{path.relative_to(folder).as_posix()}\0{is_executable}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
