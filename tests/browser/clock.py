"""The time of a page, which tests stop and move on; what comes from outside goes on meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

MOST_STEPS = 10_000


@contextmanager
def time_standing_still(page: Page) -> Iterator[None]:
    """Stop the clock of a page, a second from now, for as long as the block lasts; it was installed before."""
    page.clock.pause_at(now_ms(page) / 1000 + 1)
    try:
        yield
    finally:
        page.clock.resume()


def now_ms(page: Page) -> float:
    """Return the time of the page."""
    now: float = page.evaluate("() => Date.now()")
    return now


def elapse_until(page: Page, is_so: Callable[[], bool], *, step_ms: int) -> None:
    """Let time pass, step by step, until *is_so*."""
    for _ in range(MOST_STEPS):
        if is_so():
            return
        page.clock.run_for(step_ms)
    raise AssertionError("it never came to be so")
