"""What strangers write is text: it runs nothing, loads nothing and leads to no script."""

from collections.abc import Sequence
from html import escape
from secrets import token_hex

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visit, Visitor, is_violation
from tests.hostile_markup import given_sources, hostile_sources
from tests.people import PASSWORD, Person, eventually
from tests.site import Site

MAX_NICKNAME_CHARS = 32
UNIQUE_CHARS = 6
# What hostile text tries to leave in the page, whether or not it does anything there.
HARMFUL = """
    script, style, svg, math, img, iframe, object, embed, form, base, link, meta, input,
    [id], [style], [onload], [onerror], [ontoggle], [onfocus], [onmouseover], [onclick],
    a[href]:not([href^="http:"], [href^="https:"], [href^="mailto:"])
"""
TOUCH = """() => {
    for (const element of document.querySelectorAll("[role=log] .body *, [role=log] .card *, .name"))
        for (const kind of ["pointerover", "mouseover", "mouseenter", "mousemove", "focus", "toggle", "keydown"])
            element.dispatchEvent(new Event(kind, {bubbles: true}));
}"""


@pytest.fixture(scope="module")
def reader(stay: Visit) -> Visitor:
    """Somebody who looks on."""
    return stay()


def test_hostile_messages_run_nothing(ann: Person, reader: Visitor, visit: Visit) -> None:
    sources = [source for source in hostile_sources() if "\0" not in source]  # which is refused
    numbers = [ann.post(source)["id"] for source in sources]
    check(reader, numbers)  # live
    check(visit(), numbers[-20:])  # as a list


def test_hostile_nicknames_are_text(base_url: str, reader: Visitor, visit: Visit) -> None:
    nicknames = [nickname for nickname in map(as_nickname, given_sources()) if nickname.isprintable()]
    numbers = [Person(base_url, nickname=nickname).post("hello")["id"] for nickname in nicknames]
    for looking in (reader, visit()):
        check(looking, numbers)
        for number, nickname in zip(numbers, nicknames, strict=True):
            expect(looking.message(number).locator(".name")).to_have_text(nickname)
        people = looking.page.get_by_role("list", name="People")
        for nickname in nicknames:
            expect(people.get_by_text(nickname, exact=True)).to_have_count(1)


def test_whoever_has_a_hostile_nickname_sees_it_as_text(visit: Visit) -> None:
    mallory = visit()
    nickname = as_nickname("<img src=x onerror=alert(1)>")
    mallory.register(nickname, PASSWORD)
    expect(mallory.page.get_by_role("banner").get_by_role("button", name=nickname)).to_be_visible()


def test_hostile_titles_are_text(ann: Person, site: Site, reader: Visitor, visit: Visit) -> None:
    titles = [title for title in map(str.strip, given_sources()) if title.isprintable()]
    pages = [f"<title>{escape(title)}</title><meta name=description content='{escape(title)}'>" for title in titles]
    numbers = [ann.post(site.put(f"/{token_hex(6)}", page))["id"] for page in pages]
    assert eventually(lambda: all(ann.read(number)["previews"] for number in numbers))
    for looking in (reader, visit()):
        check(looking, numbers)
        for number, title in zip(numbers, titles, strict=True):
            card = looking.message(number).get_by_role("list", name="Links").get_by_role("listitem")
            expect(card.get_by_role("link")).to_have_text(title)
            expect(card.get_by_role("paragraph").first).to_have_text(title)


def test_what_slipped_through_all_the_same_would_be_kept_from_running(visit: Visit) -> None:
    visitor = visit()
    with visitor.page.expect_console_message(is_violation):
        visitor.page.evaluate("""() => document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=fired=1>")""")
    assert any("script-src" in trouble for trouble in visitor.all_troubles())
    assert not any(trouble.startswith("fired") for trouble in visitor.all_troubles())
    visitor.troubles.clear()


def as_nickname(source: str) -> str:
    """Return *source* as far as a nickname may be it, and unique."""
    return source.replace(":", "").strip()[: MAX_NICKNAME_CHARS - UNIQUE_CHARS] + token_hex(UNIQUE_CHARS // 2)


def check(looking: Visitor, numbers: Sequence[int]) -> None:
    """Fail if one of the messages, once rendered, did anything or has something in it that could."""
    for number in numbers:
        expect(looking.message(number)).to_have_attribute("data-status", "rendered")
        expect(looking.message(number).locator(".body, .cards").locator(HARMFUL)).to_have_count(0)
    looking.page.evaluate(TOUCH)
    assert looking.all_troubles() == []
