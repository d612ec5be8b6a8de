"""How many pages of slow sites are looked at side by side."""

import time

from bench.renderer.sites import SlowSites
from tests.people import Person, eventually
from tools.native import Stack

SITES = 96
PATIENCE_SECONDS = 120.0


def measure(stack: Stack, sites: SlowSites) -> None:
    """Print how long it takes to look at a page of each of many sites, beside one after the other."""
    person = Person(stack.base_url)
    began = time.perf_counter()
    posted = [person.post(f"look at {sites.url(0, site=site)}")["id"] for site in range(SITES)]
    assert eventually(lambda: all(person.read(each)["previews"] for each in posted), seconds=PATIENCE_SECONDS)
    took = time.perf_counter() - began
    alone = SITES * sites.seconds
    print(
        f"{SITES} sites that answer after {sites.seconds} s: all previewed after {took:.1f} s,"
        f" {alone / took:.1f} at once"
    )
