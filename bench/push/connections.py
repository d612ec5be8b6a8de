"""What connections cost: time to make them, memory to keep them, and what is left when they have gone."""

import time
from functools import partial
from statistics import median

from bench.push.bench import OURS, Bench, series, warm
from bench.push.crowd import Crowd
from bench.push.server import Memory, Server, Start, memory
from bench.push.table import print_table

# No more than wait at the door of each: gunicorn asks for 2,048, and the kernel grants `net.core.somaxconn` at most.
CLIENTS = 2000
EVENTS = 20
SETTLE_SECONDS = 2.0
CYCLE_CLIENTS = 200
CYCLES = 100
WARM_UP_CYCLES = 10
FIRST = 1000


def connect(bench: Bench) -> int:
    """Print how many clients a second can connect, when all of them come at once."""
    results = bench.in_turns(_connect_rate)
    rows = [(name, f"{median(rates):,.0f}", f"{CLIENTS / median(rates):.2f}") for name, rates in results.items()]
    print_table(f"Connect: {CLIENTS} clients at once", ("", "clients/s", "seconds"), rows)
    return 0


def kept(bench: Bench) -> int:
    """Print the memory that a connection takes, before it is told of anything and after."""
    rows = [(name, *_kilobytes(start)) for name, start in bench.subjects.items()]
    headings = ("", "KB resident", "KB proportional", "KB proportional after events")
    print_table(f"Memory of each of {CLIENTS} connections (target: ≤ 60 KB)", headings, rows)
    return 0


def cycles(bench: Bench) -> int:
    """Print what is left of clients that come and go, in ours."""
    if OURS not in bench.subjects:
        return 0
    with warm(bench.subjects[OURS]) as server:
        _come_and_go(server, WARM_UP_CYCLES)
        before = _settled(server)
        _come_and_go(server, CYCLES)
        after = _settled(server)
    grown = f"{(after.resident - before.resident) / 1e6:.1f}"
    title = f"Cycles: {CYCLES} times {CYCLE_CLIENTS} clients come and go (target: < 10 MB)"
    headings = ("", "MB resident before", "after", "grown by")
    row = (OURS, f"{before.resident / 1e6:.1f}", f"{after.resident / 1e6:.1f}", grown)
    print_table(title, headings, [row])
    return 0


def _connect_rate(start: Start) -> float:
    with warm(start) as server, Crowd(server.port, CLIENTS) as crowd:
        return CLIENTS / crowd.connect_seconds


def _kilobytes(start: Start) -> tuple[str, str, str]:
    with warm(start) as server:
        before = _settled(server)
        with Crowd(server.port, CLIENTS) as crowd:
            idle = _settled(server)
            series(server, crowd, FIRST, EVENTS)
            busy = _settled(server)
    each = partial(lambda now, then: f"{(now - then) / CLIENTS / 1000:.1f}")
    return (
        each(idle.resident, before.resident),
        each(idle.proportional, before.proportional),
        each(busy.proportional, before.proportional),
    )


def _come_and_go(server: Server, times: int) -> None:
    for _ in range(times):
        Crowd(server.port, CYCLE_CLIENTS).leave()


def _settled(server: Server) -> Memory:
    time.sleep(SETTLE_SECONDS)
    return memory(server)
