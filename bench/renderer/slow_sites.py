"""How many pages of slow sites are looked at side by side."""

import time

from bench.renderer.sites import beside_slow_sites
from tests.people import Person, eventually

SITES = 96
ANSWER_SECONDS = 1.0
PATIENCE_SECONDS = 120.0


def slow_sites() -> None:
    """Print how long it takes to look at a page of each of many sites, beside one after the other."""
    with beside_slow_sites(ANSWER_SECONDS) as (stack, sites):
        person = Person(stack.base_url)
        began = time.perf_counter()
        posted = [person.post(f"look at {sites.url(0, site=site)}")["id"] for site in range(SITES)]
        assert eventually(lambda: all(person.read(each)["previews"] for each in posted), seconds=PATIENCE_SECONDS)
        took = time.perf_counter() - began
    alone = SITES * ANSWER_SECONDS
    print(
        f"{SITES} sites that answer after {ANSWER_SECONDS} s: all previewed after {took:.1f} s,"
        f" {alone / took:.1f} at once"
    )
