"""How a list says where it goes on."""

from urllib.parse import parse_qs, urlsplit

from werkzeug.http import parse_options_header

from messages.api.messages import MessageParameters
from messages.api.parameters import ListParameters, link_to_next
from messages.api.users import UserParameters


def target(query: ListParameters, **place: str | int) -> dict[str, list[str]]:
    """Return the parameters of the next page."""
    address, options = parse_options_header(link_to_next("/api/v1/messages", query, **place)["Link"])
    assert options == {"rel": "next"}
    assert urlsplit(address.strip("<>")).path == "/api/v1/messages"
    return parse_qs(urlsplit(address.strip("<>")).query)


def test_the_next_page_leaves_out_what_this_one_did() -> None:
    asked = MessageParameters(user_id=7, limit=10, updated_since=5)
    assert target(asked, cursor="1.x") == {"user_id": ["7"], "limit": ["10"], "cursor": ["1.x"]}


def test_the_next_page_of_history_ends_where_this_one_begins() -> None:
    asked = MessageParameters(before=9, limit=2)
    assert target(asked, before=7) == {"limit": ["2"], "before": ["7"]}


def test_what_was_not_asked_for_is_not_in_the_link() -> None:
    assert target(UserParameters(), cursor="1.x") == {"cursor": ["1.x"]}


def test_what_is_odd_is_escaped() -> None:
    assert target(UserParameters(online='">; é&limit=0'), cursor="1.x")["online"] == ['">; é&limit=0']
