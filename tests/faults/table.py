"""What a run found: one row a fault."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields

from tests.faults.attempts import Attempt, Outcome
from tests.faults.checker import Verdict


@dataclass(frozen=True, kw_only=True)
class Row:
    """What came of one fault: posts, and seconds where the name says so.

    Attributes:
        missed: Added up over all clients.
        recovered_in_seconds: None if it never did.
    """

    fault: str
    posts: int
    acknowledged: int
    refused: int
    unknown: int
    lost: int
    duplicated: int
    unexpected: int
    missed: int
    recovered: int
    unavailable_seconds: float
    recovered_in_seconds: float | None


def row_of(
    fault: str,
    attempts: Sequence[Attempt],
    verdict: Verdict,
    *,
    unavailable_seconds: float,
    recovered_in_seconds: float | None,
) -> Row:
    """Count what was found."""
    outcomes = Counter(attempt.outcome for attempt in attempts)
    return Row(
        fault=fault,
        posts=len(attempts),
        acknowledged=outcomes[Outcome.ACKNOWLEDGED],
        refused=outcomes[Outcome.REFUSED],
        unknown=outcomes[Outcome.UNKNOWN],
        lost=len(verdict.lost),
        duplicated=len(verdict.duplicated),
        unexpected=len(verdict.unexpected),
        missed=sum(map(len, verdict.missed.values())),
        recovered=len(verdict.recovered),
        unavailable_seconds=unavailable_seconds,
        recovered_in_seconds=recovered_in_seconds,
    )


def as_text(rows: Sequence[Row]) -> list[str]:
    """Return *rows* as lines of a table, under a heading of two."""
    names = [field.name for field in fields(Row)]
    heading = [name.removesuffix("_seconds").replace("_", " ") for name in names]
    units = ["seconds" if name.endswith("_seconds") else "" for name in names]
    cells = [heading, units, *([_cell(getattr(row, name)) for name in names] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [_line(line, widths) for line in cells]


def _cell(value: object) -> str:
    match value:
        case None:
            return "never"
        case float():
            return f"{value:.1f}"
        case _:
            return str(value)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    name, *numbers = (
        cell.rjust(width) if index else cell.ljust(width)
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join([name, *numbers]).rstrip()
