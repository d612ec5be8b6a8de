"""How long messages take to be rendered while strangers make trouble."""

import itertools
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

from bench.latency import Stopwatch, attach
from bench.renderer.sites import SlowSites, beside_slow_sites
from tests.people import Person, listening
from tools.native import Stack

POSTS_PER_SECOND = 20
HOSTILE = {
    "4,000 x [": "[" * 4_000,
    "4,000 x ![": "![" * 4_000,
    "1,000 x [a](": "[a](" * 1_000,
    "nested quotes": "> " * 4_000,
    "nested lists": "\n".join("  " * depth + "- x" for depth in range(85)),
    "nested lists in a line": "- " * 4_000,
    "one word": "x" * 8_000,
    "open tags": "<a " * 2_600,
}
SLOW_SECONDS = 7.0
LINKS = 100
QUIET_POSTS = 100


class Pace:
    """Posts short texts at a steady pace, and knows how long each took to come back rendered."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._numbers = itertools.count()
        self.stopwatch = Stopwatch()

    def post(self) -> None:
        """Post one."""
        source = f"text **{next(self._numbers)}** of {self._person.nickname}"
        self.stopwatch.posted_at[source] = time.perf_counter()
        self._person.post(source)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Post for as long as the block lasts."""
        done = threading.Event()

        def post_on() -> None:
            while not done.wait(1 / POSTS_PER_SECOND):
                self.post()

        thread = threading.Thread(target=post_on)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def report(self, title: str) -> None:
        """Print what was measured since the last report."""
        taken = sorted(1000 * seconds for seconds in self.stopwatch.latencies())
        lost = len(self.stopwatch.posted_at) - len(taken)
        p99 = taken[min(len(taken) - 1, int(0.99 * len(taken)))]
        print(
            f"{title:<42} {len(taken):>5} texts: median {statistics.median(taken):6.1f} ms,"
            f" p99 {p99:6.1f} ms, {lost} lost"
        )
        self.stopwatch.posted_at.clear()
        self.stopwatch.seen_at.clear()


def meanwhile() -> None:
    """Print how long texts take: with nothing else, beside hostile sources, beside links to a slow site."""
    with beside_slow_sites(SLOW_SECONDS) as (stack, sites):
        _measure(stack, sites)


def _measure(stack: Stack, sites: SlowSites) -> None:
    person, stranger = Person(stack.base_url), Person(stack.base_url)
    pace = Pace(person)
    with listening(stack.base_url) as listener:
        attach(pace.stopwatch, [listener])

        def run(title: str, trouble: Callable[[], object]) -> None:
            with pace.kept():
                trouble()
            listener.hears(lambda: len(pace.stopwatch.latencies()) == len(pace.stopwatch.posted_at))
            pace.report(title)

        run("nothing else", lambda: time.sleep(QUIET_POSTS / POSTS_PER_SECOND))
        for name, source in HOSTILE.items():
            run(f"beside {name}", partial(_answered, stranger, source))
        run("beside all of them at once", partial(_all_answered, stranger))
        run(f"beside {LINKS} links answered after {SLOW_SECONDS:.0f} s", partial(_linked, stranger, sites))


def _answered(person: Person, source: str) -> None:
    for _ in range(3):
        began = time.perf_counter()
        answer = person.call("POST", "/messages", json={"source": source[:8_000]}, headers={"Prefer": "wait=10"})
        print(f"    {answer.json()['status']} after {time.perf_counter() - began:.2f} s")
        time.sleep(0.5)


def _all_answered(person: Person) -> None:
    with ThreadPoolExecutor(len(HOSTILE)) as threads:
        list(threads.map(lambda source: _answered(person, source), HOSTILE.values()))


def _linked(person: Person, sites: SlowSites) -> None:
    for number in range(LINKS):
        person.post(f"look at {sites.url(number)}")
        time.sleep(1 / POSTS_PER_SECOND)
    time.sleep(SLOW_SECONDS + 1)
