"""From POST to `updated_model` with the rendered HTML, at a steady pace through the gateway.

`python -m bench.latency [URL]` measures the system at URL, or one that it starts for itself.
"""

import statistics
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.people import Listener, Person, listening
from tools.native import Stack

POSTS_PER_SECOND = 20
SECONDS = 20
WARM_UP_POSTS = 20
LISTENERS = 3
HOME = Path(__file__).parents[1] / ".flack" / "bench"


class Stopwatch:
    """When each message was posted, and when each listener saw it rendered; in seconds of one clock."""

    def __init__(self) -> None:
        self.posted_at: dict[str, float] = {}
        self.seen_at: dict[tuple[int, str], float] = {}
        self.deliveries: Counter[tuple[int, int, int]] = Counter()

    def see(self, listener: int, news: dict[str, Any]) -> None:
        """Note what *listener* was told."""
        now = time.perf_counter()
        model = news["model"]
        if news["class"] == "Message" and model["status"] == "rendered":
            self.seen_at.setdefault((listener, model["source"]), now)
            self.deliveries[listener, model["id"], model["version"]] += 1

    def latencies(self) -> list[float]:
        """Return the seconds that each delivery took."""
        return [seen - self.posted_at[source] for (_, source), seen in self.seen_at.items() if source in self.posted_at]


def post_steadily(person: Person, stopwatch: Stopwatch, count: int) -> None:
    """Post at the pace, whatever the answers take."""
    began = time.perf_counter()
    for number in range(count):
        time.sleep(max(0.0, began + number / POSTS_PER_SECOND - time.perf_counter()))
        source = f"**number** {number} of _{person.nickname}_ at http://flack.invalid"
        stopwatch.posted_at[source] = time.perf_counter()
        person.post(source)


def measure(base_url: str) -> int:
    """Print what was measured; return how many deliveries were lost."""
    stopwatch = Stopwatch()
    person = Person(base_url)
    with ExitStack() as connections:
        listeners = [connections.enter_context(listening(base_url)) for _ in range(LISTENERS)]
        for number in range(WARM_UP_POSTS):
            warm = person.post(f"warm-up {number}")
            assert all(listener.hears_rendered(warm["id"]) for listener in listeners)
        attach(stopwatch, listeners)
        count = POSTS_PER_SECOND * SECONDS
        post_steadily(person, stopwatch, count)
        listeners[0].hears(lambda: len(stopwatch.seen_at) == count * LISTENERS)
    return report(stopwatch, count)


def attach(stopwatch: Stopwatch, listeners: list[Listener]) -> None:
    """Have *stopwatch* see what the listeners hear from now on."""
    for index, listener in enumerate(listeners):
        hear = listener.hear

        def see_and_hear(news: dict[str, Any], index: int = index, hear: Any = hear) -> None:
            stopwatch.see(index, news)
            hear(news)

        listener.client.on("updated_model", see_and_hear)


def report(stopwatch: Stopwatch, count: int) -> int:
    """Print medians, tails, and what went missing or came twice."""
    milliseconds = [1000 * latency for latency in stopwatch.latencies()]
    percentiles = statistics.quantiles(milliseconds, n=100)
    lost = count * LISTENERS - len(stopwatch.seen_at)
    doubled = sum(times - 1 for times in stopwatch.deliveries.values())
    print(f"{count} posts at {POSTS_PER_SECOND}/s to {LISTENERS} clients: {len(milliseconds)} deliveries")
    print(f"p50 {percentiles[49]:.1f} ms, p99 {percentiles[98]:.1f} ms, max {max(milliseconds):.1f} ms")
    print(f"lost {lost}, duplicated {doubled}")
    return lost


def main(arguments: list[str]) -> int:
    """Measure the given system, or one of our own."""
    if arguments:
        return measure(arguments[0])
    with Stack(HOME, environment={"RATE_LIMITS_ENABLED": "false"}, fresh=True) as stack:
        return measure(stack.base_url)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
