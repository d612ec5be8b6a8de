"""Programs in C, compiled when they are needed."""

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Final

from bench.push.errors import BenchmarkError
from tools.native.programs import find
from tools.native.services import ROOT

SOURCES: Final = Path(__file__).parent / "c"
PROGRAMS: Final = {
    "crowd": ("crowd.c", "client.c", "frame.c", "stamp.c", "tally.c"),
    "limit": ("limit.c", "frame.c", "stamp.c"),
}
OPTIONS: Final = ("-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror")
FOLDER: Final = ROOT / ".flack" / "bench-programs"


def compiled(name: str) -> Path:
    """Return the program *name* of `PROGRAMS`, compiled unless that was done before.

    Raises:
        BenchmarkError: There is no compiler, or it refused.
    """
    program = FOLDER / f"{name}-{_digest()}"
    if not program.exists():
        draft = program.with_suffix(f".{os.getpid()}")
        FOLDER.mkdir(parents=True, exist_ok=True)
        _compile([SOURCES / source for source in PROGRAMS[name]], draft)
        draft.rename(program)
    return program


def _digest() -> str:
    content = b"".join(path.read_bytes() for path in sorted(SOURCES.iterdir()))
    return hashlib.sha256(content + repr((OPTIONS, PROGRAMS)).encode()).hexdigest()[:16]


def _compile(sources: list[Path], program: Path) -> None:
    compiler = find("gcc")
    if compiler is None:
        raise BenchmarkError("A C compiler is missing: please install gcc (apt-get install build-essential).")
    done = subprocess.run(  # noqa: S603 - sources are ours
        [compiler, *OPTIONS, "-o", program, *sources],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BenchmarkError(f"gcc failed:\n{done.stderr}")
