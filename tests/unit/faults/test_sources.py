from itertools import islice

from tests.faults.sources import sources

MOST_CHARS = 8_000


def test_the_same_seed_gives_the_same_sources() -> None:
    assert list(islice(sources("a", 1), 50)) == list(islice(sources("a", 1), 50))


def test_no_two_are_alike() -> None:
    some = [*islice(sources("a", 1), 1000), *islice(sources("b", 1), 1000)]
    assert len(set(some)) == 2000


def test_all_may_be_posted() -> None:
    assert all(0 < len(source) <= MOST_CHARS for source in islice(sources("a", 1), 1000))
