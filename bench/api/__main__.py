"""Measures what the command line names."""

import argparse
from collections.abc import Callable

from bench.api.growth import growth
from bench.api.pushed import pushed
from bench.api.rates import lists, posts
from bench.api.subject import Subject, subject

PARTS: dict[str, Callable[[Subject], object]] = {"posts": posts, "pushed": pushed, "lists": lists, "growth": growth}


def main() -> None:
    """Start the system once, and measure the parts in their order."""
    parser = argparse.ArgumentParser(prog="python -m bench.api", description="Measure the API.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all by default")
    chosen = parser.parse_args().parts or list(PARTS)
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    with subject() as measured:
        for name in chosen:
            PARTS[name](measured)


if __name__ == "__main__":
    main()
