"""What is printed."""

from collections.abc import Sequence

FIRST_CHARS = 18
GAP = "  "


def print_table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print *rows* below *headings*; the first column holds names."""
    print(f"\n{title}", flush=True)
    for row in (headings, *rows):
        cells = [cell.rjust(max(len(heading), 8)) for cell, heading in zip(row[1:], headings[1:], strict=True)]
        print(GAP + GAP.join([row[0].ljust(FIRST_CHARS), *cells]).rstrip(), flush=True)


def ratio(value: float, other: float | None) -> str:
    """Return how many times *other* it is."""
    return f"{value / other:.2f}" if other else ""
