"""How much longer answers take when there are more messages: all sizes in turns, each compared with the smallest."""

import statistics
from collections.abc import Mapping
from urllib.parse import quote

from bench.api import wrk
from bench.api.rates import latencies
from bench.api.shelf import Shelf
from bench.api.subject import Subject
from bench.api.table import Row, print_rows
from bench.api.wrk import Answers, Load, LoadError

SIZES = (1_000, 100_000, 1_000_000)
ROUNDS = 4
WARM_UP_SECONDS = 1
SECONDS = 5
# Few enough for the machine not to be busy: how long an answer takes, not how long the queue before it is.
CONNECTIONS = 2
POST_PAUSE_MS = 40
LIMIT = 50
TARGETS = {"post": "≤ 1.5", "list page": "≤ 1.5"}


def growth(subject: Subject) -> None:
    """Measure posts, list pages, history pages and pages of the change feed."""
    shelf = Shelf(subject)
    subject.drain()
    subject.database("TRUNCATE messages, inbox RESTART IDENTITY CASCADE")
    for size in SIZES:
        shelf.copy(size)
    loads = {size: _fill(subject, shelf, size) for size in SIZES}
    rounds = [_round(shelf, loads, sizes) for sizes in (SIZES, SIZES[::-1]) * (ROUNDS // 2)]
    rows = [_row(name, size, rounds) for name in loads[SIZES[0]] for size in SIZES]
    print_rows(f"Growth ({CONNECTIONS} connections, {LIMIT} a page)", rows)


def _fill(subject: Subject, shelf: Shelf, size: int) -> dict[str, Load]:
    """Return what is asked of the database of *size*, which is full afterwards."""
    shelf.take(size)
    before_all = quote(shelf.answered("?limit=1")["cursor"])
    newest = subject.fill(size)
    pages = {
        "list page": f"?limit={LIMIT}",
        "history page": f"?limit={LIMIT}&before={newest // 2}",
        "change feed page": f"?limit={LIMIT}&cursor={before_all}",
    }
    for name, query in pages.items():
        if len(shelf.answered(query)["messages"]) != LIMIT:
            raise LoadError(f"A {name} of {size} messages is not full.")
    reads = {name: subject.get(query, connections=CONNECTIONS) for name, query in pages.items()}
    return {"post": subject.post(connections=CONNECTIONS, pause_ms=POST_PAUSE_MS), **reads}


def _round(
    shelf: Shelf, loads: Mapping[int, Mapping[str, Load]], sizes: tuple[int, ...]
) -> dict[tuple[str, int], Answers]:
    measured = {}
    for size in sizes:
        shelf.take(size)
        for load in loads[size].values():
            wrk.run(load, seconds=WARM_UP_SECONDS)
        for name, load in loads[size].items():
            measured[name, size] = wrk.run(load, seconds=SECONDS)
    return measured


def _row(name: str, size: int, rounds: list[dict[tuple[str, int], Answers]]) -> Row:
    """Return the row of medians; the ratio is the median of those within a round."""
    p99 = statistics.median(one[name, size].p99_ms for one in rounds)
    ratio = statistics.median(one[name, size].p99_ms / one[name, SIZES[0]].p99_ms for one in rounds)
    target = TARGETS.get(name, "") if size == SIZES[-1] else ""
    return Row(
        title=f"{name}, {size:,} messages",
        value=f"p99 {p99:.1f} ms",
        ratio=ratio,
        target=target,
        note=latencies([one[name, size] for one in rounds]),
    )
