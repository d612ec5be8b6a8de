"""How many messages a core renders in a second, beside Python-Markdown and nh3 as they come."""

import statistics
import time
from collections.abc import Callable
from typing import Final

import markdown as python_markdown
import nh3

from bench.renderer.mix import mix
from renderer.domain import render

MESSAGES: Final = 500
ROUNDS: Final = 9
TARGET: Final = 0.6
# Those that the renderer has, too.
EXTENSIONS: Final = ("fenced_code", "tables", "sane_lists", "nl2br")
_reused = python_markdown.Markdown(extensions=list(EXTENSIONS))


def bare(source: str) -> str:
    """Render as anybody would."""
    return nh3.clean(python_markdown.markdown(source, extensions=list(EXTENSIONS)))


def reused(source: str) -> str:
    """Render as who knows that making a `Markdown` takes long."""
    return nh3.clean(_reused.reset().convert(source))


def markdown() -> None:
    """Measure all of them in turns, in the processor's time."""
    sources = mix(MESSAGES)
    ways: dict[str, Callable[[str], object]] = {"bare": bare, "reused": reused, "render": render}
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            rates[name].append(rate(way, sources))
    median = {name: statistics.median(values) for name, values in rates.items()}
    chars = statistics.mean(map(len, sources))
    print(f"{MESSAGES} messages of {chars:.0f} characters, {ROUNDS} rounds in turns, one core")
    print(f"render: {median['render']:.0f} a second")
    print(f"markdown.markdown + nh3.clean: {median['bare']:.0f} a second, ", end="")
    print(f"ratio {median['render'] / median['bare']:.2f} (target {TARGET})")
    print(f"one Markdown for all + nh3.clean: {median['reused']:.0f} a second, ", end="")
    print(f"ratio {median['render'] / median['reused']:.2f}")


def rate(way: Callable[[str], object], sources: list[str]) -> float:
    """Return how many of *sources* become HTML in a second of the processor."""
    began = time.process_time()
    for source in sources:
        way(source)
    return len(sources) / (time.process_time() - began)
