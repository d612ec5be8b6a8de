"""Who follows the lists by their cursors misses nothing, through the gateway."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.people import Json, Person, eventually

NOTHING_SO_FAR = "updated_since=253402300799"


class Follower:
    """Somebody who knows a list by its cursor alone, and keeps the newest version of what is in it."""

    def __init__(self, person: Person, path: str, *, limit: int) -> None:
        self.person, self.path, self.limit = person, path, limit
        self.cursor: str = person.call("GET", f"/{path}?{NOTHING_SO_FAR}").json()["cursor"]
        self.known: dict[int, Json] = {}

    def read_on(self) -> bool:
        """Take the next page; whether there is another one already."""
        answer = self.person.call("GET", f"/{self.path}?limit={self.limit}&cursor={self.cursor}")
        assert answer.status_code == 200, answer.text
        rows = answer.json()[self.path]
        assert len(rows) <= self.limit
        for row in rows:
            if row.get("version", 0) >= self.known.get(row["id"], row).get("version", 0):
                self.known[row["id"]] = row
        self.cursor = answer.json()["cursor"]
        return "next" in answer.links

    def catch_up(self) -> None:
        """Take pages until there is no other."""
        while self.read_on():
            pass


def test_a_follower_sees_the_last_version_of_all_that_many_write_at_once(base_url: str, ann: Person) -> None:
    follower, done = Follower(ann, "messages", limit=7), threading.Event()

    def follow() -> None:
        while not done.is_set():
            follower.read_on()

    def write(writer: Person) -> list[int]:
        posted = [writer.post(f"message *{number}*")["id"] for number in range(12)]
        for message_id in posted[::3]:
            assert writer.call("PUT", f"/messages/{message_id}", json={"source": "edited"}).status_code == 202
        return posted

    writers = [Person(base_url) for _ in range(4)]
    with ThreadPoolExecutor(len(writers) + 1) as pool:
        following = pool.submit(follow)
        posted = [message_id for ids in pool.map(write, writers) for message_id in ids]
        assert eventually(lambda: all(ann.read(each)["status"] == "rendered" for each in posted))
        done.set()
        following.result()
    follower.catch_up()
    assert {each: follower.known.get(each) for each in posted} == {each: ann.read(each) for each in posted}


def test_one_cursor_can_be_taken_from_list_to_list(base_url: str, ann: Person) -> None:
    cursor = ann.call("GET", f"/users?{NOTHING_SO_FAR}").json()["cursor"]
    newcomer, message = Person(base_url), ann.post("hello")
    messages = ann.call("GET", f"/messages?cursor={cursor}").json()
    assert message["id"] in {each["id"] for each in messages["messages"]}
    users = ann.call("GET", f"/users?cursor={messages['cursor']}").json()
    assert newcomer.id in {each["id"] for each in users["users"]}


@pytest.mark.parametrize("path", ["messages", "users"])
def test_a_list_that_is_cut_goes_on_at_its_next_link(base_url: str, path: str) -> None:
    people = [Person(base_url) for _ in range(3)]
    posted = [person.post("hello")["id"] for person in people]
    begun_at = people[0].call("GET", "/users/me").json()["created_at"]
    seen, url = [], f"{base_url}/api/v1/{path}?limit=1&updated_since={begun_at}"
    while url:
        answer = people[0].call("GET", url)
        seen += [row["id"] for row in answer.json()[path]]
        url = base_url + answer.links["next"]["url"] if "next" in answer.links else ""
    assert set(posted if path == "messages" else [person.id for person in people]) <= set(seen)


def test_history_goes_on_at_its_next_link(base_url: str, ann: Person) -> None:
    posted = [ann.post(f"number {number}")["id"] for number in range(5)]
    answer = ann.call("GET", f"/messages?before={posted[-1] + 1}&user_id={ann.id}&limit=2")
    pages = [answer]
    while "next" in answer.links:
        answer = ann.call("GET", base_url + answer.links["next"]["url"])
        pages.append(answer)
    assert [[each["id"] for each in page.json()["messages"]] for page in pages] == [posted[3:], posted[1:3], posted[:1]]


@pytest.mark.parametrize("path", ["messages", "users"])
@pytest.mark.parametrize("cursor", ["0", "1.", "1.AAAA", "1.e30", "2.e30", "%00", "%ff", "\u0661.e30", "x" * 3000])
def test_what_is_no_cursor_is_refused(base_url: str, path: str, cursor: str) -> None:
    assert refused_fields(f"{base_url}/api/v1/{path}?cursor={cursor}") == ["cursor"]


def test_a_cursor_goes_with_no_other_beginning(base_url: str, ann: Person) -> None:
    cursor = ann.call("GET", "/messages").json()["cursor"]
    for path in ("messages", "users"):
        url = f"{base_url}/api/v1/{path}?cursor={cursor}"
        assert refused_fields(f"{url}&updated_since=1") == ["cursor"]
        assert requests.get(f"{url}&updated_since=0", timeout=10).status_code == 200
    assert refused_fields(f"{base_url}/api/v1/messages?cursor={cursor}&before=1") == ["before"]


def refused_fields(url: str) -> list[Any]:
    answer = requests.get(url, timeout=10)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-fields")
    assert answer.headers["Content-Type"] == "application/problem+json"
    return [each["field"] for each in answer.json()["errors"]]
