"""A connection that was lost is there again by itself, and nothing has been missed meanwhile."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from secrets import token_hex

import pytest
import requests
from playwright.sync_api import WebSocketRoute, expect

from tests.browser.shown import SOCKET, assert_shows_all, banner, items, state, stored
from tests.browser.visitor import Visitor
from tests.conftest import in_containers
from tests.outages.line import Line
from tests.people import DEADLINE_SECONDS, Person, eventually, listening
from tests.project import Project
from tools.native import Process, Stack

Away = Callable[[str], AbstractContextManager[None]]

AWAY_MS = 20_000
POLL = re.compile(r"/socket\.io/.*transport=polling")
THE_LAST_OF_A_BEGINNING = re.compile(r"/users\?cursor=")
WHO_IS_THERE = "/users?online=1"
OPENED = "0{"  # Engine.IO's first packet


@pytest.fixture
def away(request: pytest.FixtureRequest) -> Away:
    """Stops a part of the system under test for as long as a block lasts."""
    if in_containers(request):
        project: Project = request.getfixturevalue("project")
        return lambda part: containers_away(project, part)
    stack: Stack = request.getfixturevalue("stack")
    return lambda part: process_away(stack.process(part))


@contextmanager
def containers_away(project: Project, service: str) -> Iterator[None]:
    project.stop(service)
    try:
        yield
    finally:
        project.start(service)
        project.wait_healthy(service)


@contextmanager
def process_away(process: Process) -> Iterator[None]:
    process.stop()
    try:
        yield
    finally:
        process.start()
        process.wait_ready()


def post_many(person: Person, words: str, count: int) -> list[int]:
    return [person.post(f"{words} {number}")["id"] for number in range(count)]


def who_is_there(person: Person) -> requests.Response:
    return person.call("GET", f"{WHO_IS_THERE}&updated_since=1")


def much_happens(person: Person, known: list[int]) -> str:
    """Post, edit, delete, *known* messages and others, and take another nickname; return that."""
    posted = post_many(person, "meanwhile", 60)
    for each in known[:5] + posted[:5]:
        assert person.call("PUT", f"/messages/{each}", json={"source": f"edited {each}"}).status_code == 202
    for each in known[5:8] + posted[5:8]:
        assert person.call("DELETE", f"/messages/{each}").status_code == 204
    nickname = f"{person.nickname}-2"
    assert person.call("PUT", f"/users/{person.id}", json={"nickname": nickname}).status_code == 204
    return nickname


def assert_posted_once(visitor: Visitor, person: Person, words: str, *, first: int) -> None:
    """Fail unless *words* are one message, on the page and in the list."""
    expect(items(visitor, words)).to_have_count(1)
    expect(items(visitor, words)).to_have_attribute("data-status", "rendered")
    assert [text for _, _, text in stored(person, first=first)].count(words) == 1


def test_after_twenty_seconds_without_a_server_nothing_is_missing_and_nothing_doubled(
    distant: Visitor, line: Line, away: Away, ann: Person
) -> None:
    known = post_many(ann, "before", 10)
    assert_shows_all(distant, ann, first=known[0])
    words = f"written meanwhile {token_hex(6)}"
    with away("gateway"):
        expect(state(distant)).to_have_text("Offline")
        expect(banner(distant)).to_be_visible()
        distant.box.fill(words)
        distant.box.press("Enter")
        expect(items(distant, words)).to_have_attribute("data-status", "failed")
        distant.page.wait_for_timeout(AWAY_MS)
        line.cut()  # the others are back first
    nickname = much_happens(ann, known)
    expect(state(distant)).to_have_text("Offline")
    line.mend()
    expect(state(distant)).to_have_text("Live", timeout=2 * AWAY_MS)
    expect(banner(distant)).to_be_hidden()
    items(distant, words).get_by_role("button", name="Retry").click()
    assert_posted_once(distant, ann, words, first=known[0])
    assert_shows_all(distant, ann, first=known[0])
    expect(distant.message(known[0]).locator(".name")).to_have_text(nickname)


def test_while_nothing_is_pushed_people_write_and_then_see_what_the_others_did(
    member: Visitor, away: Away, ann: Person
) -> None:
    known = post_many(ann, "before", 10)
    assert_shows_all(member, ann, first=known[0])
    words = f"written meanwhile {token_hex(6)}"
    with away("push"):
        expect(state(member)).to_have_text("Offline")
        member.post(words)
        nickname = much_happens(ann, known)
    expect(state(member)).to_have_text("Live", timeout=2 * AWAY_MS)
    assert_posted_once(member, ann, words, first=known[0])
    assert_shows_all(member, ann, first=known[0])
    expect(member.message(known[0]).locator(".name")).to_have_text(nickname)


def test_whose_device_was_offline_has_missed_nothing(member: Visitor, ann: Person) -> None:
    known = post_many(ann, "before", 10)
    assert_shows_all(member, ann, first=known[0])
    member.context.set_offline(offline=True)
    expect(banner(member)).to_be_visible()
    much_happens(ann, known)
    member.context.set_offline(offline=False)
    expect(state(member)).to_have_text("Live")
    expect(banner(member)).to_be_hidden()
    assert_shows_all(member, ann, first=known[0])


def test_who_is_given_a_copy_of_who_is_there_learns_what_has_changed_since(
    member: Visitor, base_url: str, ann: Person
) -> None:
    with listening(base_url, token=ann.token):
        assert eventually(lambda: ann.nickname in who_is_there(ann).text)
        copy = who_is_there(ann).json()
        nickname = f"{ann.nickname}-2"
        assert ann.call("PUT", f"/users/{ann.id}", json={"nickname": nickname}).status_code == 204
        ann.post("after that")  # so that the list of messages is of a later moment
        member.page.route(f"**{WHO_IS_THERE}*", lambda route: route.fulfill(json=copy))  # as the gateway keeps some
        member.arrive()
        expect(member.page.get_by_role("complementary").get_by_text(nickname, exact=True)).to_be_visible()


def test_who_is_lost_before_all_was_read_reads_the_rest_the_next_time(member: Visitor, ann: Person) -> None:
    known = post_many(ann, "before", 1)
    assert_shows_all(member, ann, first=known[0])
    unlucky = BreaksWhileCatchingUp()
    member.page.route_web_socket(SOCKET, unlucky.join)
    member.page.route(POLL, lambda route: route.abort())  # which every other try begins with, past the links
    with member.page.expect_response(THE_LAST_OF_A_BEGINNING):
        member.arrive()  # once more, by that way
    expect(member.message(known[0])).to_be_visible()
    unlucky.is_away = True
    member.context.set_offline(offline=True)
    expect(state(member)).to_have_text("Offline")
    post_many(ann, "meanwhile", 450)
    unlucky.is_away = False
    member.context.set_offline(offline=False)
    # The longer it was away, the longer the page waits before it tries again.
    assert_shows_all(member, ann, first=known[0], seconds=3 * DEADLINE_SECONDS)
    assert unlucky.links == 3


class BreaksWhileCatchingUp:
    """The links of a page. The second gives it one page of what was missed and the place after all of it, and breaks.

    Attributes:
        links: How many there have been.
        is_away: Whether none comes about; a browser that is offline has these all the same.
    """

    def __init__(self) -> None:
        self.links = 0
        self.is_away = False
        self._pages = 0

    def join(self, near: WebSocketRoute) -> None:
        """Stand between *near* and the server."""
        if self.is_away:
            near.close()
            return
        near.connect_to_server().on_message(lambda frame: self._pass_on(str(frame), near))

    def _pass_on(self, frame: str, near: WebSocketRoute) -> None:
        self.links += frame.startswith(OPENED)
        self._pages += self.links == 2 and '"more":' in frame
        if self.links != 2 or self._pages < 2:
            near.send(frame)
        elif '"up_to_date"' in frame:
            near.send(frame)
            near.close()
