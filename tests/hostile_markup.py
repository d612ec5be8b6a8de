"""Sources that mean harm, in Markdown and in HTML."""

import re
from pathlib import Path

DATA = Path(__file__).parent / "data"
GIVEN = DATA / "xss_payloads.txt"
OURS = DATA / "hostile_markup.txt"
ESCAPE = re.compile(r"\\(?:n|t|x[0-9a-f]{2}|u[0-9a-f]{4})")


def hostile_sources() -> list[str]:
    """Return one source for each line of the files: what is given, and what is our own."""
    return [*given_sources(), *_sources(OURS)]


def given_sources() -> list[str]:
    """Return those that are given."""
    return _sources(GIVEN)


def _sources(file: Path) -> list[str]:
    return [_unescaped(line) for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("# ")]


def _unescaped(line: str) -> str:
    return ESCAPE.sub(lambda match: match[0].encode().decode("unicode_escape"), line)
