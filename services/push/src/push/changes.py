"""What messages tells of all that has changed since a cursor, page by page."""

from collections.abc import Mapping
from typing import Any, Final, TypedDict

from chassis.internal import InternalClient
from push.news import Change

# Smaller where messages are large: an answer fits easily into what may wait for a client.
PAGE: Final = 200
# What is wrong with a cursor is for whoever gave it.
REFUSALS: Final = frozenset({"/problems/cursor-expired", "/problems/invalid-fields"})


class Page(TypedDict):
    """Messages and users as REST shows them, whether there is more right now, and where to go on in any case."""

    messages: list[Mapping[str, Any]]
    users: list[Mapping[str, Any]]
    cursor: str
    more: bool


def read_changes(client: InternalClient, cursor: str | None) -> Page:
    """Return what follows on *cursor*; None is where lists begin.

    Raises:
        ServiceUnavailableError: Messages does not answer.
        RefusedError: The cursor has expired, or never was one.
    """
    page: Page = client.call("GET", "/changes", parameters={"cursor": cursor, "limit": PAGE}, refusals=REFUSALS)
    return page


def changes_of(page: Page) -> list[Change]:
    """Return the states that *page* tells of."""
    messages = [Change("Message", each["id"], each["version"], each) for each in page["messages"]]
    return messages + [Change("User", each["id"], each["version"], each) for each in page["users"]]
