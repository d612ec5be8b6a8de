from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.faults.feed import PAGE, Feed, history, newest_id
from tests.unit.faults.conftest import Server

MESSAGES = [{"id": number} for number in range(1, 2 * PAGE + 2)]


def parameters(path: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}


def changed(path: str, _body: Any) -> tuple[int, Any]:
    """Answer as a feed does in which a cursor is the number of messages before it."""
    asked = parameters(path)
    begin = int(asked.get("cursor", 0))
    page = MESSAGES[begin : begin + int(asked["limit"])]
    return 200, {"messages": page, "cursor": str(begin + len(page))}


def older(path: str, _body: Any) -> tuple[int, Any]:
    asked = parameters(path)
    page = [message for message in MESSAGES if message["id"] < int(asked["before"])]
    return 200, {"messages": page[-min(int(asked["limit"]), PAGE) :], "cursor": "x"}


def test_a_feed_is_read_page_by_page_until_nothing_is_left(server: Server) -> None:
    server.answer = changed
    feed = Feed(server.base_url)
    assert feed.read() == MESSAGES
    assert feed.cursor == str(len(MESSAGES))
    assert feed.read() == []


def test_a_reading_that_fails_begins_again_where_it_began(server: Server) -> None:
    feed = Feed(server.base_url, cursor=str(PAGE // 2))
    server.answer = lambda path, body: (503, {}) if parameters(path)["cursor"] != feed.cursor else changed(path, body)
    with pytest.raises(requests.RequestException):
        feed.read()
    server.answer = changed
    assert feed.read() == MESSAGES[PAGE // 2 :]


def test_the_history_is_read_back_to_where_it_is_known(server: Server) -> None:
    server.answer = older
    assert [message["id"] for message in history(server.base_url, after=20)] == list(range(len(MESSAGES), 20, -1))


def test_an_empty_history_has_an_end(server: Server) -> None:
    server.answer = lambda _path, _body: (200, {"messages": [], "cursor": "x"})
    assert history(server.base_url, after=0) == []
    assert newest_id(server.base_url) == 0
