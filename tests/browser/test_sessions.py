"""How long somebody stays logged in, and where."""

import json
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.visitor import Visit, Visitor, to

SECONDS = 30
KEY = "flack.session"


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


def test_somebody_with_two_tabs_is_online_until_both_are_closed(member: Visitor, visit: Visit) -> None:
    reader = visit()
    listed = reader.page.get_by_role("list", name="People").get_by_role("listitem").filter(has_text=member.nickname)
    other = another_tab(member)
    expect(listed).to_contain_text(", online")
    other.close()
    # If this had changed something, it would have been told before the message.
    number = member.post("still here").get_attribute("data-message")
    expect(reader.page.locator(f'[data-message="{number}"]')).to_be_visible()
    expect(listed).to_contain_text(", online")
    member.page.goto("about:blank")
    expect(listed).to_contain_text(", offline", timeout=2 * 60_000)  # a minute after the last request


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
    member.page.reload()
    with member.page.expect_response(to("PUT", "/tokens")):
        member.page.clock.run_for(10_000)
    expect(member.post("as ever")).to_be_visible()
    assert kept(member.page)["token"] != before["token"]
    assert len(connections) == 1


def test_two_tabs_that_renew_at_once_both_stay_logged_in(member: Visitor) -> None:
    other = another_tab(member)
    keep(member.page, {**kept(member.page), "token": "not.a.token"})
    for page in (member.page, other):
        page.reload(wait_until="commit")
    for page in (member.page, other):
        expect(page.get_by_role("status")).to_have_text("Live")
        expect(page.get_by_label("Message, in Markdown")).to_be_visible()
    assert kept(member.page)["token"] != "not.a.token"


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
