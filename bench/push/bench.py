"""What all parts share: who is measured, how often, and one series of events."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from bench.push.crowd import Crowd, Received
from bench.push.server import Server, Start

OURS: Final = "flack"
WARM_UP_CLIENTS: Final = 20
# How long the last of a series may take to arrive.
ARRIVAL_SECONDS: Final = 90.0

Measured = TypeVar("Measured")


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Who is measured, by name, and how many times."""

    subjects: dict[str, Start]
    rounds: int

    def in_turns(self, measure: Callable[[Start], Measured]) -> dict[str, list[Measured]]:
        """Measure every subject once, then every one again, in all rounds."""
        results: dict[str, list[Measured]] = {name: [] for name in self.subjects}
        for _ in range(self.rounds):
            for name, start in self.subjects.items():
                results[name].append(measure(start))
        return results


@contextmanager
def warm(start: Start, *, paragraphs: int = 1) -> Iterator[Server]:
    """Run a server that has had a few clients already."""
    with start(paragraphs) as server:
        with Crowd(server.port, WARM_UP_CLIENTS) as crowd:
            series(server, crowd, 0, WARM_UP_CLIENTS)
        yield server


def series(
    server: Server,
    crowd: Crowd,
    first: int,
    count: int,
    *,
    per_second: float | None = None,
    in_one_go: bool = False,
) -> Received:
    """Have *crowd* be told of messages, as `Server.emit` says, and return what came of it."""
    crowd.expect(first, count, seconds=ARRIVAL_SECONDS + (count / per_second if per_second else 0))
    server.emit(first, count, per_second=per_second, in_one_go=in_one_go)
    return crowd.received()
