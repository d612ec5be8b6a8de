"""What was said long ago: two thousand messages, loaded while somebody scrolls up."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.gate import Gate
from tests.browser.visitor import Visit, Visitor
from tests.people import Person, eventually

MESSAGES = 2000
AT_ONCE = 8
SCROLLING_SECONDS = 90
IDS = "() => [...document.querySelectorAll('[data-message]')].map((element) => Number(element.dataset.message))"
TOP_OF = "(id) => document.querySelector(`[data-message='${id}']`).getBoundingClientRect().top"
# The first one that is in view.
FIRST_SHOWN = """() => {
    const { top } = document.querySelector("[role=log]").getBoundingClientRect();
    const shown = [...document.querySelectorAll("[data-message]")];
    return Number(shown.find((element) => element.getBoundingClientRect().top >= top).dataset.message);
}"""
NEARLY_TO_THE_TOP = """() => {
    const log = document.querySelector("[role=log]");
    log.scrollTo({ top: log.clientHeight - log.scrollHeight + 400, behavior: "instant" });
}"""
TOLERANCE_PX = 2


@pytest.fixture(scope="module")
def history(base_url: str) -> list[int]:
    """Return the ids of messages that were posted, in order."""
    writers = [Person(base_url) for _ in range(AT_ONCE)]

    def write(writer: Person) -> list[int]:
        return [writer.post(f"message {number}\n\nof many")["id"] for number in range(MESSAGES // AT_ONCE)]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sorted(number for written in pool.map(write, writers) for number in written)


def test_whoever_scrolls_to_the_top_finds_every_message_once_and_in_order(history: Sequence[int], visit: Visit) -> None:
    reader = visit()
    scroll_to_the_top(reader, of=history)
    shown = reader.page.evaluate(IDS)
    assert shown == sorted(set(shown))
    assert set(history) <= set(shown)
    expect(reader.message(history[0])).to_contain_text("of many")


def test_what_is_loaded_above_moves_nothing(history: Sequence[int], visit: Visit) -> None:
    reader = visit()
    expect(reader.message(history[-1])).to_be_visible()
    before = oldest(reader.page)
    first, top = look_further_up(reader.page)
    expect(shown_first(reader)).not_to_have_attribute("data-message", str(before))
    assert abs(reader.page.evaluate(TOP_OF, first) - top) <= TOLERANCE_PX


def test_what_arrives_below_moves_nothing(history: Sequence[int], visit: Visit, ann: Person) -> None:
    reader = visit()
    expect(reader.message(history[-1])).to_be_visible()
    first, top = look_further_up(reader.page)
    news = ann.post("news")["id"]
    expect(reader.message(news)).to_have_attribute("data-status", "rendered")
    assert abs(reader.page.evaluate(TOP_OF, first) - top) <= TOLERANCE_PX
    expect(reader.message(news)).not_to_be_in_viewport()
    reader.press("1 new, jump to latest")
    expect(reader.message(news)).to_be_in_viewport()


def test_a_change_further_up_than_anybody_has_looked_does_not_turn_up_out_of_place(base_url: str, visit: Visit) -> None:
    author = Person(base_url)
    old = author.post("old")["id"]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(author.post, map(str, range(60))))
    reader = visit()
    author.call("PUT", f"/messages/{old}", json={"source": "changed"}).raise_for_status()
    last = author.post("last")["id"]
    expect(reader.message(last)).to_be_visible()
    expect(reader.message(old)).to_have_count(0)
    scroll_to_the_top(reader, of=[old])
    expect(reader.message(old)).to_contain_text("changed")
    shown = reader.page.evaluate(IDS)
    assert shown == sorted(set(shown))


def test_a_change_that_overtakes_the_page_it_belongs_to_is_shown(base_url: str, visit: Visit) -> None:
    author = Person(base_url)
    old = author.post("old")["id"]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        newer = sorted(message["id"] for message in pool.map(author.post, map(str, range(60))))
    reader = visit()
    expect(reader.message(newer[-1])).to_be_visible()
    gate = Gate(reader.page, f"**/messages?before={oldest(reader.page)}&*")
    reader.log.focus()
    reader.page.keyboard.press("Home")
    route = gate.next()
    answer = route.fetch()
    author.call("PUT", f"/messages/{old}", json={"source": "changed"}).raise_for_status()
    assert eventually(lambda: author.read(old)["status"] == "rendered")
    last = author.post("last")["id"]
    expect(reader.message(last)).to_have_count(1)
    route.fulfill(response=answer)
    gate.open()
    expect(reader.message(old)).to_contain_text("changed")


def scroll_to_the_top(reader: Visitor, *, of: Sequence[int]) -> None:
    """Press Home until the first message of *of* is there."""
    reader.log.focus()

    def is_there() -> bool:
        reader.page.keyboard.press("Home")
        return of[0] in reader.page.evaluate(IDS)

    assert eventually(is_there, seconds=SCROLLING_SECONDS)


def shown_first(reader: Visitor) -> Locator:
    return reader.page.locator("[data-message]").first


def oldest(page: Page) -> int:
    shown: list[int] = page.evaluate(IDS)
    return shown[0]


def look_further_up(page: Page) -> tuple[int, float]:
    """Scroll nearly to the upper end, and return which message is the first in view, and where."""
    page.evaluate(NEARLY_TO_THE_TOP)
    first: int = page.evaluate(FIRST_SHOWN)
    top: float = page.evaluate(TOP_OF, first)
    return first, top
