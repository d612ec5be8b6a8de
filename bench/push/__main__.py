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
from bench.push.flack import ours
from bench.push.peers import NAMES, peers
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
ROUNDS = 3


def main() -> int:
    """Measure the parts in their order; return how many events of ours were lost, came twice, or in the wrong order."""
    arguments = _arguments()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    server_core, other_core = cores()
    os.sched_setaffinity(0, {other_core})
    with subjects(arguments.subjects, server_core) as starts:
        bench = Bench(subjects=starts, rounds=arguments.rounds)
        return sum(PARTS[name](bench) for name in arguments.parts or PARTS)


@contextmanager
def subjects(names: Sequence[str], core: int) -> Iterator[dict[str, Start]]:
    """Have ready what is measured, in this order."""
    with ExitStack() as ready:
        starts: dict[str, Start] = {}
        if OURS in names:
            starts[OURS] = ready.enter_context(ours(core))
        if set(names) - {OURS}:
            starts |= ready.enter_context(peers(core))
        yield {name: starts[name] for name in SUBJECTS if name in names}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.push", description="Measure push, and what is like it.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"of which the median counts; {ROUNDS} by default")
    parser.add_argument("--subjects", nargs="+", choices=SUBJECTS, default=SUBJECTS, help="all by default")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return arguments


if __name__ == "__main__":
    try:
        sys.exit(1 if main() else 0)
    except (BenchmarkError, NativeError) as error:
        sys.exit(str(error))
