"""How long somebody stays logged in, and where."""

import json
from typing import Any

import pytest
import requests
from playwright.sync_api import Locator, Page, Route, WebSocketRoute, expect

from tests.browser.gate import Gate
from tests.browser.shown import SOCKET
from tests.browser.visitor import Visit, Visitor, to
from tests.people import Person

SECONDS = 30
KEY = "flack.session"
NEVER = 2**53 - 1  # in milliseconds


def test_another_tab_is_logged_in_too(member: Visitor) -> None:
    other = another_tab(member)
    expect(other.get_by_role("banner").get_by_role("button", name=member.nickname)).to_be_visible()


def test_logging_in_is_for_all_tabs(visit: Visit) -> None:
    visitor = visit()
    other = another_tab(visitor)
    visitor.register()
    expect(other.get_by_label("Message, in Markdown")).to_be_visible()


def test_logging_out_is_for_all_tabs(member: Visitor) -> None:
    other = another_tab(member)
    member.press("Log out")
    expect(other.get_by_role("form", name="Join in").get_by_role("alert")).to_have_text("You have been logged out.")
    assert kept(other) is None


def test_somebody_with_two_tabs_is_online_until_both_are_closed(visit: Visit, ann: Person, bob: Person) -> None:
    reader = visit()
    first, second = enter_unnoticed(visit(), ann)
    others = enter_unnoticed(visit(), bob)
    for person in (ann, bob):
        expect(listed(reader, person)).to_contain_text(", online")
    for page in (first, *others):
        page.goto("about:blank")
    # By then it would have been told, too, if closing one of two had changed anything.
    expect(listed(reader, bob)).to_contain_text(", offline")
    expect(listed(reader, ann)).to_contain_text(", online")
    second.goto("about:blank")
    expect(listed(reader, ann)).to_contain_text(", offline")


@pytest.mark.parametrize("is_open", [True, False], ids=["while the page is open", "while it is not"])
def test_a_session_that_is_ended_elsewhere_asks_to_log_in_again_and_goes_on_reading(
    member: Visitor, base_url: str, *, is_open: bool
) -> None:
    message = member.post("still readable")
    token = kept(member.page)["token"]
    if not is_open:
        member.page.goto("about:blank")
    answer = requests.delete(f"{base_url}/api/v1/tokens", headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS)
    assert answer.status_code == 204
    if not is_open:
        member.page.goto("/")
    expect(member.entrance.get_by_role("alert")).to_have_text("Your session has ended. Please log in again.")
    expect(member.page.get_by_role("status")).to_have_text("Live")
    expect(message).to_contain_text("still readable")
    assert kept(member.page) is None


def test_a_new_password_ends_the_session_of_every_browser(member: Visitor, base_url: str, visit: Visit) -> None:
    message = member.post("still readable")
    elsewhere = visit()
    elsewhere.fill_in(member.nickname)
    elsewhere.press("Log in")
    expect(elsewhere.box).to_be_focused()
    session = kept(member.page)
    answer = requests.put(
        f"{base_url}/api/v1/users/{session['me']['id']}",
        json={"password": "another battery"},
        headers={"Authorization": f"Bearer {session['token']}"},
        timeout=SECONDS,
    )
    assert answer.status_code == 204
    for visitor in (member, elsewhere):
        expect(visitor.entrance.get_by_role("alert")).to_have_text("Your session has ended. Please log in again.")
        expect(visitor.page.get_by_role("status")).to_have_text("Live")
    expect(message).to_contain_text("still readable")


def test_an_access_token_that_has_run_out_is_renewed_without_a_word(member: Visitor) -> None:
    session = kept(member.page)
    keep(member.page, {**session, "token": "not.a.token"})
    with member.page.expect_response(to("PUT", "/tokens")):
        member.page.reload()
    expect(member.page.get_by_role("status")).to_have_text("Live")
    expect(member.post("as ever")).to_be_visible()
    assert kept(member.page)["refreshToken"] != session["refreshToken"]


def test_a_token_is_renewed_before_it_runs_out_and_the_connection_stays(member: Visitor) -> None:
    member.page.clock.install()
    member.page.reload()
    expect(member.page.get_by_role("status")).to_have_text("Live")
    connections: list[str] = []
    member.page.on("websocket", lambda websocket: connections.append(websocket.url))
    before = kept(member.page)
    keep(member.page, {**before, "renewAt": 0})
    with member.page.expect_response(to("PUT", "/tokens")):
        member.page.reload()
        expect(member.page.get_by_role("status")).to_have_text("Live")
        member.page.clock.run_for(10_000)
    expect(member.post("as ever")).to_be_visible()
    assert kept(member.page)["token"] != before["token"]
    assert len(connections) == 1


def test_a_token_that_runs_out_while_connected_is_renewed_without_a_word(member: Visitor) -> None:
    links: list[WebSocketRoute] = []

    def join(link: WebSocketRoute) -> None:
        links.append(link)
        link.connect_to_server()

    member.page.route_web_socket(SOCKET, join)
    member.arrive()
    before = kept(member.page)
    with member.page.expect_response(to("PUT", "/tokens")):
        links[-1].send('42["expired_token"]')
    expect(member.post("as ever")).to_be_visible()
    assert kept(member.page)["refreshToken"] != before["refreshToken"]
    assert len(links) == 1


def test_two_tabs_that_renew_at_once_both_stay_logged_in(member: Visitor) -> None:
    pages = (member.page, another_tab(member))
    pages[1].goto("about:blank")  # or it would hear of what comes now, and be the first
    keep(member.page, {**kept(member.page), "token": "not.a.token"})
    gates = [Gate(page, "**/api/v1/tokens") for page in pages]
    for page in pages:
        page.goto("/", wait_until="commit")
    renewals = [gate.next() for gate in gates]
    assert renewals[0].request.post_data == renewals[1].request.post_data
    for renewal in renewals:
        renewal.continue_()
    for page in pages:
        expect(page.get_by_role("status")).to_have_text("Live")
        expect(page.get_by_label("Message, in Markdown")).to_be_visible()
    pages[1].close()
    gates[0].open()
    keep(member.page, {**kept(member.page), "token": "not.a.token"})
    with member.page.expect_response(to("PUT", "/tokens")) as answer:
        member.page.reload()
    assert answer.value.status == 200


def listed(reader: Visitor, person: Person) -> Locator:
    return reader.page.get_by_role("list", name="People").get_by_role("listitem").filter(has_text=person.nickname)


def enter_unnoticed(visitor: Visitor, person: Person) -> tuple[Page, Page]:
    """Log *person* in, in two tabs; they ask as nobody, for whoever asks is online for the next minute."""
    visitor.context.route("**/api/v1/**", ask_as_nobody)
    me = {"id": person.id, "nickname": person.nickname}
    tokens = {"token": person.token, "refreshToken": person.refresh_token}
    keep(visitor.page, {**tokens, "renewAt": NEVER, "me": me})
    visitor.arrive()
    return visitor.page, another_tab(visitor)


def ask_as_nobody(route: Route) -> None:
    route.continue_(headers={name: value for name, value in route.request.headers.items() if name != "authorization"})


def another_tab(visitor: Visitor) -> Page:
    """Return the same person's browser's next tab, live."""
    page = visitor.context.new_page()
    page.goto("/")
    expect(page.get_by_role("status")).to_have_text("Live")
    return page


def kept(page: Page) -> Any:
    """Return what the browser keeps of the session."""
    return json.loads(page.evaluate(f"() => localStorage.getItem('{KEY}')") or "null")


def keep(page: Page, session: Any) -> None:
    page.evaluate(f"(text) => localStorage.setItem('{KEY}', text)", json.dumps(session))
