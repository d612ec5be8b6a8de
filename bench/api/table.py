"""What is printed."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measurement.

    Attributes:
        value: As it is printed, with its unit.
        ratio: To what it is compared with.
        target: The ratio to reach.
    """

    title: str
    value: str
    ratio: float | None = None
    target: str = ""
    note: str = ""


def print_rows(heading: str, rows: list[Row]) -> None:
    """Print *rows* below one another."""
    print(f"\n{heading:<44}{'':>14}{'ratio':>10}{'target':>10}", flush=True)
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.3f}"
        print(f"  {row.title:<42}{row.value:>14}{ratio:>10}{row.target:>10}  {row.note}".rstrip(), flush=True)


def print_costs(heading: str, cpu_ms: Mapping[str, float]) -> None:
    """Print milliseconds of processor time by process, the largest first."""
    print(f"\n{heading}, ms of processor time each (sum {sum(cpu_ms.values()):.2f})", flush=True)
    for name, milliseconds in sorted(cpu_ms.items(), key=lambda item: -item[1]):
        print(f"  {name:<42}{milliseconds:>14.3f}", flush=True)
