"""What a page shows, beside what is so."""

import re
from typing import TypeAlias

from playwright.sync_api import Locator

from tests.browser.visitor import Visitor
from tests.people import DEADLINE_SECONDS, Json, Person, eventually

# A message: its number, its status and its text.
Row: TypeAlias = tuple[int, str, str]

# Not `innerText`, which leaves out what is too far away to be laid out.
ROWS = """() => [...document.querySelectorAll("[data-message]")].map((row) =>
    [Number(row.dataset.message), row.dataset.status, row.querySelector(".body").textContent.trim()])"""
SOCKET = re.compile(r"/socket\.io/.*transport=websocket")
DELETED = "This message was deleted."
PAGE = 1000
NEWEST = 2**53 - 1


def state(visitor: Visitor) -> Locator:
    """Return what tells of the connection."""
    return visitor.page.get_by_role("status")


def banner(visitor: Visitor) -> Locator:
    """Return what tells that the connection is lost, if it is there."""
    return visitor.page.get_by_role("alert").filter(has_text="The connection is lost")


def items(visitor: Visitor, words: str) -> Locator:
    """Return the items of the log with *words*, whether they were posted or not."""
    return visitor.log.get_by_role("listitem").filter(has_text=words)


def shown(visitor: Visitor) -> list[Row]:
    """Return the messages on the page, from the top."""
    return [(number, status, text) for number, status, text in visitor.page.evaluate(ROWS)]


def stored(person: Person, *, first: int) -> list[Row]:
    """Return the messages from *first* on as *person* is told of them, in their order; their text is plain."""
    found: list[Row] = []
    before = NEWEST
    while before > first:
        page = person.call("GET", f"/messages?before={before}&limit={PAGE}").json()["messages"]
        found += [_row(message) for message in page if message["id"] >= first]
        before = min((message["id"] for message in page), default=first)
    return sorted(found)


def assert_shows_all(visitor: Visitor, person: Person, *, first: int, seconds: float = DEADLINE_SECONDS) -> None:
    """Fail unless the page comes to show every message from *first* on once, as it is now, in order."""
    assert eventually(lambda: all(status != "posted" for _, status, _ in stored(person, first=first)))
    wanted = stored(person, first=first)
    eventually(lambda: _since(first, shown(visitor)) == wanted, seconds=seconds)
    assert _since(first, shown(visitor)) == wanted


def _since(first: int, rows: list[Row]) -> list[Row]:
    return [row for row in rows if row[0] >= first]


def _row(message: Json) -> Row:
    if message["deleted"]:
        return message["id"], "deleted", DELETED
    return message["id"], message["status"], message["source"]
