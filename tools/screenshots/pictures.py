"""Looking at the web client with a browser, and keeping what is seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.people import PASSWORD
from tools.screenshots.conversation import LINES, WATCHED_BY

# Whenever it is: the pictures are of a morning.
BEGINS_AT = time(9, 12, tzinfo=UTC)
PAUSE = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What to look at, and how; sizes are in pixels."""

    name: str
    width: int
    height: int
    light: Literal["light", "dark"] = "light"
    is_telephone: bool = False
    draft: str = ""


PICTURES = (
    Picture(name="chat", width=1100, height=760),
    Picture(name="dark", width=1100, height=760, light="dark", draft="Has anybody told **support**?"),
    Picture(name="telephone", width=360, height=720, is_telephone=True),
)


def take_all(base_url: str, folder: Path) -> None:
    """Put all pictures into *folder*."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        for picture in PICTURES:
            with _page(browser, base_url, picture) as page:
                _enter(page)
                page.get_by_label("Message, in Markdown").fill(picture.draft)
                page.screenshot(path=folder / f"{picture.name}.png", caret="hide", animations="disabled")
        browser.close()


@contextmanager
def _page(browser: Browser, base_url: str, picture: Picture) -> Iterator[Page]:
    context = browser.new_context(
        base_url=base_url,
        viewport={"width": picture.width, "height": picture.height},
        color_scheme=picture.light,
        has_touch=picture.is_telephone,
        is_mobile=picture.is_telephone,
        locale="en-GB",
        timezone_id="UTC",
    )
    page = context.new_page()
    page.route("**/api/v1/messages?*", _in_the_morning)
    yield page
    context.close()


def _enter(page: Page) -> None:
    """Log in, and wait until all is there."""
    page.goto("/")
    page.get_by_label("Nickname").fill(WATCHED_BY)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_label("Message, in Markdown")).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("Live")
    expect(page.locator("[data-message]")).to_have_count(len(LINES))


def _in_the_morning(route: Route) -> None:
    """Let the messages of an answer have been said a moment after each other."""
    answer = route.fetch()
    body = answer.json()
    begins_at = datetime.combine(datetime.now(UTC), BEGINS_AT)
    for place, message in enumerate(sorted(body["messages"], key=lambda each: each["id"])):
        message["created_at"] = int((begins_at + place * PAUSE).timestamp())
    route.fulfill(response=answer, json=body)
