"""Who is there, through the gateway."""

from typing import Any

import requests

from tests.people import Listener, Person, eventually, listening


def look(person: Person) -> dict[str, Any]:
    """Return somebody as a stranger sees them, who is nobody's presence."""
    answer = requests.get(f"{person.base_url}/api/v1/users/{person.id}", timeout=20)
    user: dict[str, Any] = answer.json()
    return user


def is_online(person: Person) -> bool:
    return bool(look(person)["online"])


def is_listed(person: Person, online: int) -> bool:
    recent = f"online={online}&updated_since={look(person)['updated_at']}&limit=1000"
    answer = requests.get(f"{person.base_url}/api/v1/users?{recent}", timeout=20)
    return person.id in {user["id"] for user in answer.json()["users"]}


def hears(listener: Listener, person: Person, *, online: bool) -> bool:
    """Wait until the last that was heard of somebody is that they are there, or not."""

    def last() -> bool | None:
        heard = [user["online"] for user in listener.users if user["id"] == person.id]
        return heard[-1] if heard else None

    return listener.hears(lambda: last() is online)


def test_of_two_tabs_one_may_be_closed(base_url: str, ann: Person, bob: Person) -> None:
    assert not is_online(ann), "logging in is no request"
    with listening(base_url) as listener, listening(base_url, token=ann.token):
        with listening(base_url, token=ann.token), listening(base_url, token=bob.token):
            assert hears(listener, ann, online=True)
            assert hears(listener, bob, online=True)
            assert is_listed(ann, online=1)
        # Bob has closed his only tab at the moment that Ann closed one of hers.
        assert hears(listener, bob, online=False)
        assert is_online(ann)
    with listening(base_url) as listener:
        assert eventually(lambda: not is_online(ann))
    assert is_listed(ann, online=0)
    assert not is_listed(ann, online=1)


def test_everybody_hears_that_somebody_has_left(base_url: str, ann: Person) -> None:
    with listening(base_url) as listener:
        with listening(base_url, token=ann.token):
            assert hears(listener, ann, online=True)
        assert hears(listener, ann, online=False)
        [came, left] = [user for user in listener.users if user["id"] == ann.id][-2:]
        assert left["updated_at"] >= came["updated_at"]
        assert left == look(ann)


def test_whoever_authenticates_on_an_open_connection_is_there(base_url: str, ann: Person) -> None:
    with listening(base_url) as listener:
        assert listener.ask("authenticate", ann.token) == {"ok": True}
        assert hears(listener, ann, online=True)


def test_whoever_pings_on_an_anonymous_connection_is_there_until_it_closes(base_url: str, ann: Person) -> None:
    with listening(base_url) as listener:
        with listening(base_url) as anonymous:
            assert anonymous.ask("ping_user", ann.token) == {"ok": True}
            assert hears(listener, ann, online=True)
        assert hears(listener, ann, online=False)


def test_whoever_asks_something_is_there(base_url: str, ann: Person) -> None:
    with listening(base_url) as listener:
        assert ann.call("GET", "/messages?limit=1").status_code == 200
        assert hears(listener, ann, online=True)


def test_whoever_merely_reads_is_no_news(ann: Person) -> None:
    ann.call("GET", "/users/me")
    assert eventually(lambda: is_online(ann))
    before, feed = look(ann), f"{ann.base_url}/api/v1/users"
    cursor = requests.get(f"{feed}?updated_since=253402300799", timeout=20).json()["cursor"]

    def changed() -> set[int]:
        nonlocal cursor
        page = requests.get(f"{feed}?cursor={cursor}", timeout=20).json()
        cursor = page["cursor"]
        return {user["id"] for user in page["users"]}

    # While somebody else still writes, the feed tells once more that she has come.
    assert eventually(lambda: ann.id not in changed())
    for _ in range(50):
        assert ann.call("GET", "/messages?limit=1").status_code == 200
    assert eventually(lambda: ann.call("GET", "/users/me").json()["last_seen_at"] > before["last_seen_at"])
    assert look(ann)["updated_at"] == before["updated_at"]
    assert ann.id not in changed()
