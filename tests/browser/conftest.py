"""People at browsers of their own; `base_url` is where the running system's gateway answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.visitor import PATIENCE_MS, Visit, Visitor
from tests.outages.line import Line, line_to


# Of this package only: as long as Playwright runs, its event loop is in the way of everybody else's.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser, base_url: str) -> Iterator[Visit]:
    """Let somebody come to the page, for one test."""
    with visitors(browser, base_url) as visit:
        yield visit


@pytest.fixture(scope="module")
def stay(browser: Browser, base_url: str) -> Iterator[Visit]:
    """Let somebody come to the page, for all tests of a module."""
    with visitors(browser, base_url) as visit:
        yield visit


@pytest.fixture
def member(visit: Visit) -> Visitor:
    """Return somebody who has registered and logged in."""
    visitor = visit()
    visitor.register()
    return visitor


@pytest.fixture
def line(base_url: str) -> Iterator[Line]:
    """What lies between the gateway and whoever is `distant`."""
    gateway = urlsplit(base_url)
    with line_to(str(gateway.hostname), gateway.port or 80) as line:
        yield line


@pytest.fixture
def distant(browser: Browser, line: Line) -> Iterator[Visitor]:
    """Return somebody at the end of a line, who has registered and logged in."""
    with visitors(browser, f"http://{line.address}") as visit:
        visitor = visit()
        visitor.register()
        yield visitor


@contextmanager
def visitors(browser: Browser, base_url: str) -> Iterator[Visit]:
    """Let people come, and go at the end; whatever they did, nothing may have gone wrong in their browsers."""
    present: list[Visitor] = []

    def visit() -> Visitor:
        visitor = Visitor(browser.new_context(base_url=base_url))
        present.append(visitor)
        visitor.arrive()
        return visitor

    yield visit
    troubles = [trouble for visitor in present for trouble in visitor.all_troubles()]
    for visitor in present:
        visitor.context.close()
    assert troubles == []
