"""Measures what the command line names."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

import structlog

from bench.push.bench import OURS, Bench
from bench.push.connections import connect, cycles, kept
from bench.push.cores import cores
from bench.push.delivered import burst, steady
from bench.push.errors import BenchmarkError
from bench.push.fed import Broker
from bench.push.flack import ours, system
from bench.push.peers import FED, NAMES, peers
from bench.push.server import Start
from bench.push.stalled import stalled
from tools.native import NativeError

PARTS: dict[str, Callable[[Bench], int]] = {
    "burst": burst,
    "steady": steady,
    "memory": kept,
    "connect": connect,
    "stalled": stalled,
    "cycles": cycles,
}
SUBJECTS = (OURS, *NAMES)
# Only there does the way through the broker count beside what telling takes.
FED_PARTS = ("steady",)
ROUNDS = 3


def main() -> int:
    """Measure the parts in their order; return how many events of ours were lost, came twice, or in the wrong order."""
    arguments = _arguments()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    server_core, other_core = cores()
    os.sched_setaffinity(0, {other_core})
    whom = [(part, measured(part, arguments.subjects)) for part in arguments.parts or PARTS]
    with subjects({name for _, names in whom for name in names}, server_core) as starts:
        return sum(
            PARTS[part](Bench(subjects={name: starts[name] for name in names}, rounds=arguments.rounds))
            for part, names in whom
        )


def measured(part: str, asked: Sequence[str]) -> list[str]:
    """Return whom *part* measures, in the order of its rows.

    Args:
        asked: Whom the command line names, if anybody.
    """
    named = asked or [name for name in SUBJECTS if name != FED or part in FED_PARTS]
    return [name for name in SUBJECTS if name in named]


@contextmanager
def subjects(names: set[str], core: int) -> Iterator[dict[str, Start]]:
    """Have ready what starts those who are measured, by name."""
    with ExitStack() as ready:
        starts: dict[str, Start] = {}
        broker = None
        if names & {OURS, FED}:
            stack, publisher = ready.enter_context(system())
            starts[OURS] = ours(stack, publisher, core)
            broker = Broker(url=stack.amqp_url("push"), publisher=publisher)
        if names - {OURS}:
            starts |= ready.enter_context(peers(core, broker))
        yield starts


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.push", description="Measure push, and what is like it.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"of which the median counts; {ROUNDS} by default")
    parser.add_argument(
        "--subjects",
        nargs="+",
        choices=SUBJECTS,
        default=(),
        help=f"all by default, but {FED} only in {', '.join(FED_PARTS)}",
    )
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return arguments


if __name__ == "__main__":
    try:
        sys.exit(1 if main() else 0)
    except (BenchmarkError, NativeError) as error:
        sys.exit(str(error))
