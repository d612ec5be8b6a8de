"""Whoever comes back over a socket asks for what they have missed, and misses nothing."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.people import Json, Listener, Person, eventually, listening


@pytest.fixture(params=["websocket", "polling"])
def listener(base_url: str, request: pytest.FixtureRequest) -> Iterator[Listener]:
    with listening(base_url, transports=[request.param]) as one:
        yield one


def missed_since(listener: Listener, cursor: str | None) -> tuple[dict[int, Json], dict[int, Json], str]:
    """Return the messages and users that changed since, by id, and where to go on."""
    messages: dict[int, Json] = {}
    users: dict[int, Json] = {}
    more = True
    while more:
        page = listener.ask("sync", {"cursor": cursor})
        assert page["ok"], page
        messages |= {message["id"]: message for message in page["messages"]}
        users |= {user["id"]: user for user in page["users"]}
        cursor, more = page["cursor"], page["more"]
    assert cursor is not None
    return messages, users, cursor


def test_whoever_comes_back_hears_of_posts_edits_deletions_and_users(
    base_url: str, ann: Person, listener: Listener
) -> None:
    edited, deleted = ann.post("first")["id"], ann.post("second")["id"]
    assert listener.hears_rendered(edited, deleted)
    _, _, cursor = missed_since(listener, None)
    posted = ann.post("third")["id"]
    assert ann.call("PUT", f"/messages/{edited}", json={"source": "edited"}).status_code == 202
    assert ann.call("DELETE", f"/messages/{deleted}").status_code == 204
    assert eventually(lambda: {ann.read(each)["status"] for each in (posted, edited)} == {"rendered"})
    newcomer = Person(base_url)
    messages, users, _ = missed_since(listener, cursor)
    assert messages[posted] == ann.read(posted)
    assert messages[edited] == ann.read(edited)
    assert (messages[deleted]["deleted"], messages[deleted]["source"]) == (True, "")
    assert users[newcomer.id]["nickname"] == newcomer.nickname


def test_many_are_read_page_by_page(ann: Person, listener: Listener) -> None:
    _, _, cursor = missed_since(listener, None)
    posted = {ann.post(f"number {number}")["id"] for number in range(250)}
    assert set(missed_since(listener, cursor)[0]) >= posted


def test_a_cursor_of_a_list_is_good_for_it_and_the_other_way_round(ann: Person, listener: Listener) -> None:
    cursor = ann.call("GET", "/messages").json()["cursor"]
    posted = ann.post("hello")["id"]
    messages, _, cursor = missed_since(listener, cursor)
    assert posted in messages
    later = ann.post("and again")["id"]
    listed = ann.call("GET", f"/messages?cursor={cursor}").json()["messages"]
    assert later in {message["id"] for message in listed}


def test_who_stays_is_told_from_where_to_go_on_later(base_url: str, ann: Person, listener: Listener) -> None:
    known = ann.post("while they are there")["id"]
    assert listener.hears_rendered(known)
    assert eventually(lambda: is_behind_the_last_place(listener, ann, known))
    listener.client.disconnect()
    posted = ann.post("while they are not")["id"]
    assert eventually(lambda: ann.read(posted)["status"] == "rendered")
    with listening(base_url) as back:
        messages, _, _ = missed_since(back, listener.places[-1])
    assert posted in messages
    assert known not in messages


def is_behind_the_last_place(listener: Listener, person: Person, message_id: int) -> bool:
    if not listener.places:
        return False
    page = person.call("GET", f"/messages?cursor={listener.places[-1]}").json()
    return message_id not in {message["id"] for message in page["messages"]}


@pytest.mark.parametrize("given", [7, "x", {"cursor": 7}, {"cursor": "2.e30"}, {"cursor": "nonsense"}], ids=repr)
def test_what_is_no_cursor_is_a_problem_and_the_connection_stays(listener: Listener, given: Any) -> None:
    answer = listener.ask("sync", given)
    assert (answer["ok"], answer["problem"]["type"]) == (False, "/problems/invalid-fields")
    assert listener.ask("sync", {})["ok"]
    assert listener.interruptions == 0


def test_many_who_come_back_at_once_are_all_answered(base_url: str, ann: Person) -> None:
    cursor = ann.call("GET", "/messages?before=1").json()["cursor"]  # from now on
    posted = ann.post("hello")["id"]
    with ExitStack() as leaving:
        people = [leaving.enter_context(listening(base_url, transports=["websocket"])) for _ in range(30)]
        answers: list[Json] = []
        for one in people:
            one.client.emit("sync", {"cursor": cursor}, callback=answers.append)
        assert eventually(lambda: len(answers) == len(people))
    assert all(answer["ok"] for answer in answers)
    assert all(posted in {message["id"] for message in answer["messages"]} for answer in answers)
