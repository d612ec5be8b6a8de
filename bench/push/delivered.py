"""How many deliveries a second, and how long each takes: all events at once, or at a steady pace."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from statistics import median

from bench.push.bench import OURS, Bench, series, warm
from bench.push.crowd import Crowd, Received
from bench.push.server import Server, Start
from bench.push.table import print_table, ratio

BURST_CLIENTS = (500, 2000)
BURST_DELIVERIES = 150_000
STEADY_CLIENTS = 500
STEADY_PER_SECOND = 50
STEADY_SECONDS = 10
# Enough for what compiles as it goes.
WARM_UP_EVENTS = 30
FIRST = 1000
HEADINGS = (
    "",
    "deliveries/s",
    "x p-socketio",
    "x node",
    "p50 ms",
    "p99 ms",
    "client busy",
    "lost",
    "other faults",
    "cut off",
)


def burst(bench: Bench) -> int:
    """Print what happens when all events are published at once; return how many of ours went wrong."""
    return sum(_burst(bench, clients) for clients in BURST_CLIENTS)


def steady(bench: Bench) -> int:
    """Print what happens at a steady pace; return how many of ours went wrong."""
    results = bench.in_turns(_steady)
    title = f"Steady: {STEADY_PER_SECOND} events a second to {STEADY_CLIENTS} clients for {STEADY_SECONDS} s"
    return _report(f"{title} (target: p99 no worse than node's)", results)


def _burst(bench: Bench, clients: int) -> int:
    count = BURST_DELIVERIES // clients
    results = bench.in_turns(partial(_bursts, clients=clients, count=count))
    title = f"Burst: {count} events to {clients} clients"
    ways = ("one after the other (target: at least 5 x python-socketio and 2 x node)", "made in one go")
    faults = 0
    for way, of_way in enumerate(ways):
        faults += _report(
            f"{title}, {of_way}", {name: [pair[way] for pair in pairs] for name, pairs in results.items()}
        )
    return faults


def _bursts(start: Start, *, clients: int, count: int) -> tuple[Received, Received]:
    with _crowded(start, clients) as (server, crowd):
        turning = series(server, crowd, FIRST, count)
        return turning, series(server, crowd, FIRST + count, count, in_one_go=True)


def _steady(start: Start) -> Received:
    with _crowded(start, STEADY_CLIENTS) as (server, crowd):
        return series(server, crowd, FIRST, STEADY_PER_SECOND * STEADY_SECONDS, per_second=STEADY_PER_SECOND)


@contextmanager
def _crowded(start: Start, clients: int) -> Iterator[tuple[Server, Crowd]]:
    with warm(start) as server, Crowd(server.port, clients) as crowd:
        series(server, crowd, WARM_UP_EVENTS, WARM_UP_EVENTS)
        yield server, crowd


def _report(title: str, results: dict[str, list[Received]]) -> int:
    rates = {name: median(one.rate for one in received) for name, received in results.items()}
    rows = [
        (
            name,
            f"{rates[name]:,.0f}",
            ratio(rates[name], rates.get("python-socketio")),
            ratio(rates[name], rates.get("node")),
            f"{median(one.p50_ms for one in received):.1f}",
            f"{median(one.p99_ms for one in received):.1f}",
            f"{median(one.client_busy_seconds / one.seconds for one in received if one.seconds):.0%}",
            f"{sum(one.lost for one in received)}",
            f"{sum(one.faults - one.lost for one in received)}",
            f"{sum(one.closed for one in received)}",
        )
        for name, received in results.items()
    ]
    print_table(title, HEADINGS, rows)
    return sum(one.faults for one in results.get(OURS, []))
