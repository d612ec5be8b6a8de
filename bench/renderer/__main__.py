"""Measures what the command line names."""

import argparse
from collections.abc import Callable

from bench.renderer.markdown import markdown
from bench.renderer.meanwhile import meanwhile
from bench.renderer.slow_sites import slow_sites

PARTS: dict[str, Callable[[], object]] = {"markdown": markdown, "meanwhile": meanwhile, "slow_sites": slow_sites}


def main() -> None:
    """Measure the parts in their order."""
    parser = argparse.ArgumentParser(prog="python -m bench.renderer", description="Measure the renderer.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all by default")
    chosen = parser.parse_args().parts or list(PARTS)
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    for name in chosen:
        PARTS[name]()


if __name__ == "__main__":
    main()
