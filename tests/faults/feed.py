"""Reads `/messages` the two ways there are: what changed after a cursor, and the history."""

from typing import Any

import requests

Json = dict[str, Any]

DEADLINE_SECONDS = 5.0
# Small, so that a client that was away for a while needs several pages.
PAGE = 100
HISTORY_PAGE = 1000
LAST_ID = 2**53


class Feed:
    """What changed, page by page.

    Args:
        cursor: Where to begin; None begins a day ago.

    Attributes:
        cursor: The last one that was reached with nothing left to read.
    """

    def __init__(self, base_url: str, cursor: str | None = None) -> None:
        self._url = f"{base_url}/api/v1/messages"
        self._http = requests.Session()
        self.cursor = cursor

    def read(self) -> list[Json]:
        """Return all that changed since the last time, by reading until nothing is left.

        Raises:
            requests.RequestException: It could not; the next reading begins where this one did.
        """
        found: list[Json] = []
        cursor, is_drained = self.cursor, False
        while not is_drained:
            page = get(self._http, self._url, cursor=cursor, limit=PAGE)
            found += page["messages"]
            cursor, is_drained = page["cursor"], len(page["messages"]) < PAGE
        self.cursor = cursor
        return found


def history(base_url: str, *, after: int) -> list[Json]:
    """Return all messages with an id above *after*, the newest first; no cursor has a part in it.

    Raises:
        requests.RequestException: The API did not answer as it should.
    """
    url, before = f"{base_url}/api/v1/messages", LAST_ID
    found: list[Json] = []
    with requests.Session() as http:
        while before > after + 1:
            page = get(http, url, before=before, limit=HISTORY_PAGE)["messages"]
            found += [message for message in reversed(page) if message["id"] > after]
            before = min((message["id"] for message in page), default=0)
    return found


def newest_id(base_url: str) -> int:
    """Return the id of the message that was posted last; 0 if there is none.

    Raises:
        requests.RequestException: The API did not answer as it should.
    """
    with requests.Session() as http:
        newest = get(http, f"{base_url}/api/v1/messages", before=LAST_ID, limit=1)["messages"]
    return max((message["id"] for message in newest), default=0)


def get(http: requests.Session, url: str, **parameters: str | int | None) -> Json:
    """Return what *url* answers.

    Raises:
        requests.RequestException: It did not, in time and with a good status.
    """
    answer = http.get(url, params=parameters, timeout=DEADLINE_SECONDS)
    answer.raise_for_status()
    body: Json = answer.json()
    return body
