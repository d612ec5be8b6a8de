"""What becomes of all others, and of our memory, while some clients read nothing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.push.bench import OURS, Bench, series, warm
from bench.push.crowd import Crowd, Received
from bench.push.server import Server, memory
from bench.push.table import print_table, ratio

CLIENTS = 500
STALLED = 20
PER_SECOND = 50
# Events of about 2 KB: in a minute 6 MB for each client, more than the kernel keeps for one that does not read.
PARAGRAPHS = 8
BEFORE_SECONDS = 20
MEANWHILE_SECONDS = 60
AFTER_SECONDS = 20
RESUME_SECONDS = 10.0
LOOK_SECONDS = 0.5
# The numbers of the first events.
WARM_UP, BEFORE, MEANWHILE, AFTER = 500, 10_000, 100_000, 200_000
HEADINGS = ("", "p50 ms", "p99 ms", "max ms", "p99 ratio", "lost", "other faults", "MB at most", "cut off")


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What the others received, and the most memory that the server used."""

    received: Received
    most_bytes: int


class HighWater:
    """The most memory that *server* has used, in bytes."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.resident = 0

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look for as long as the block lasts."""
        done = threading.Event()
        thread = threading.Thread(target=self._look, args=(done,))
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _look(self, done: threading.Event) -> None:
        while not done.wait(LOOK_SECONDS):
            self.resident = max(self.resident, memory(self._server).resident)


def stalled(bench: Bench) -> int:
    """Print how ours does before, meanwhile and afterwards; return how many events of the others went wrong."""
    if OURS not in bench.subjects:
        return 0
    with warm(bench.subjects[OURS], paragraphs=PARAGRAPHS) as server, Crowd(server.port, CLIENTS) as crowd:
        series(server, crowd, WARM_UP, PER_SECOND)
        before = _measure(server, crowd, BEFORE, BEFORE_SECONDS)
        crowd.stall(STALLED)
        meanwhile = _measure(server, crowd, MEANWHILE, MEANWHILE_SECONDS)
        cut = crowd.resume(seconds=RESUME_SECONDS)
        after = _measure(server, crowd, AFTER, AFTER_SECONDS)
    title = (
        f"Stalled: {STALLED} of {CLIENTS} clients read nothing for {MEANWHILE_SECONDS} s, {PER_SECOND} events a second"
    )
    rows = [
        _row("before", before, before, ""),
        _row("meanwhile", meanwhile, before, f"{cut} of {STALLED}"),
        _row("afterwards", after, before, ""),
    ]
    print_table(f"{title} (target: 1.5 x p99 at most, all cut off)", HEADINGS, rows)
    return sum(measured.received.faults for measured in (before, meanwhile, after))


def _measure(server: Server, crowd: Crowd, first: int, seconds: int) -> Measured:
    used = HighWater(server)
    with used.watched():
        received = series(server, crowd, first, PER_SECOND * seconds, per_second=PER_SECOND)
    return Measured(received=received, most_bytes=used.resident)


def _row(name: str, measured: Measured, before: Measured, cut: str) -> tuple[str, ...]:
    received = measured.received
    times = (received.p50_ms, received.p99_ms, received.max_ms)
    return (
        name,
        *(f"{milliseconds:.1f}" for milliseconds in times),
        ratio(received.p99_ms, before.received.p99_ms),
        f"{received.lost}",
        f"{received.faults - received.lost}",
        f"{measured.most_bytes / 1e6:.0f}",
        cut,
    )
