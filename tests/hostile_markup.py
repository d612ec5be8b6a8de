"""Sources that mean harm, in Markdown and in HTML."""

import re
from pathlib import Path

DATA = Path(__file__).parent / "data"
ESCAPE = re.compile(r"\\(?:n|t|x[0-9a-f]{2}|u[0-9a-f]{4})")


def hostile_sources() -> list[str]:
    """Return one source for each line of the files: what is given, and what is our own."""
    files = [DATA / "xss_payloads.txt", DATA / "hostile_markup.txt"]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [_unescaped(line) for line in lines if not line.startswith("# ")]


def _unescaped(line: str) -> str:
    return ESCAPE.sub(lambda match: match[0].encode().decode("unicode_escape"), line)
