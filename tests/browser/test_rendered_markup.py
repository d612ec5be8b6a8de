"""What is rendered runs nothing, loads nothing and leads nowhere bad, even in a page that nothing else protects."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from renderer.domain import render
from tests.browser.visitor import NEXT_FRAME, PATIENCE_MS
from tests.hostile_markup import hostile_sources

ORIGIN = "http://flack.example"
EMPTY_PAGE = "<!DOCTYPE html><title>Flack</title><main></main>"
# Whatever hostile markup calls, whether it is called or set, and what goes wrong while it is tried.
RECORD = """
    window.fired = [];
    for (const name of ["alert", "confirm", "prompt", "print", "open", "pwned", "msgbox"])
        window[name] = (...given) => { fired.push(`${name}(${given})`); };
    addEventListener("error", (event) => { fired.push(`error: ${event.message}`); });
"""
INSERT = """(htmls) => {
    for (const html of htmls) {
        const place = document.querySelector("main").appendChild(document.createElement("div"));
        place.innerHTML = html;
    }
}"""
TOUCH = """() => {
    const kinds = ["pointerover", "mouseover", "mouseenter", "mousemove", "focus", "toggle", "keydown"];
    for (const element of document.querySelectorAll("main *")) {
        element.tabIndex = 0;
        element.focus();
        for (const kind of kinds) element.dispatchEvent(new Event(kind, {bubbles: true}));
    }
}"""
CLICK = """async () => {
    for (const element of document.querySelectorAll("main *")) {
        element.click();
        await new Promise((resolve) => setTimeout(resolve));
    }
}"""
# What is loaded after all else, and is not there.
LAST = f"{ORIGIN}/last"
LOAD = """(url) => new Promise((resolve) => {
    const image = new Image();
    image.onerror = resolve;
    image.src = url;
})"""
LINKS = """() => [...document.querySelectorAll("main a[href]")].map(({protocol}) => protocol)"""


class Witness:
    """A page of its own, and what became of it.

    Attributes:
        requested: The addresses that it asked for, beside itself; none of them answered.
        opened: How many windows were opened.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.requested: list[str] = []
        self.opened = 0
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(RECORD)
        context.route("**/*", self._answer)
        self.page: Page = context.new_page()
        self.page.on("popup", self._on_popup)
        self.page.goto(f"{ORIGIN}/")

    def insert(self, sources: list[str]) -> None:
        """Show what *sources* become when they are rendered."""
        self.insert_html([render(source).html for source in sources])

    def insert_html(self, htmls: list[str]) -> None:
        self.page.evaluate(INSERT, htmls)

    def fired(self) -> list[str]:
        """Return what ran so far, once all had the time to run."""
        self.page.evaluate(LOAD, LAST)
        self.page.evaluate(NEXT_FRAME)
        fired: list[str] = self.page.evaluate("() => window.fired")
        return fired

    def _answer(self, route: Route) -> None:
        if route.request.url == f"{ORIGIN}/":
            route.fulfill(body=EMPTY_PAGE, content_type="text/html")
            return
        if route.request.url != LAST:
            self.requested.append(route.request.url)
        route.fulfill(status=204)  # whoever followed a link stays

    def _on_popup(self, _page: Page) -> None:
        self.opened += 1


@pytest.fixture
def witness(browser: Browser) -> Iterator[Witness]:
    with browser.new_context() as context:
        yield Witness(context)


def everything_hostile() -> list[str]:
    sources = hostile_sources()
    return [*sources, *(f"[{each}](http://a.example)" for each in sources), *(f"> **{each}**" for each in sources)]


def test_nothing_runs_and_nothing_is_loaded(witness: Witness) -> None:
    witness.insert(everything_hostile())
    witness.page.evaluate(TOUCH)
    assert witness.fired() == []
    assert witness.requested == []
    assert witness.opened == 0


def test_every_click_leads_to_the_web_or_nowhere(witness: Witness) -> None:
    witness.insert(hostile_sources())
    protocols = witness.page.evaluate(LINKS)
    assert set(protocols) <= {"http:", "https:", "mailto:"}
    witness.page.evaluate(CLICK)
    assert witness.fired() == []
    assert witness.opened == 0
    assert "http://a.example/" in witness.requested
    assert {urlsplit(url).scheme for url in witness.requested} <= {"http", "https"}


RUNS = [
    "<img src=x onerror=pwned()>",
    "<details ontoggle=alert(1)>",
    "<b onmouseover=pwned()>x</b>",
    "<b onfocus=pwned()>x</b>",
]


@pytest.mark.parametrize("html", RUNS)
def test_what_would_run_is_noticed(witness: Witness, html: str) -> None:
    witness.insert_html([html])
    witness.page.evaluate(TOUCH)
    assert witness.fired() != []


def test_a_click_that_would_run_something_is_noticed(witness: Witness) -> None:
    witness.insert_html(["<a href=javascript:pwned()>x</a>"])
    assert witness.page.evaluate(LINKS) == ["javascript:"]
    witness.page.evaluate(CLICK)
    assert witness.fired() == ["pwned()"]


def test_what_would_be_loaded_is_noticed(witness: Witness) -> None:
    witness.insert_html(["<img src=//evil.example/x.png>"])
    witness.fired()
    assert witness.requested == ["http://evil.example/x.png"]
