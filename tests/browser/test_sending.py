"""What somebody sends is shown at once and posted once, whatever becomes of the requests."""

from collections.abc import Callable
from secrets import token_hex

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.gate import Gate
from tests.browser.shown import items, stored
from tests.browser.visitor import Visitor, message_id
from tests.people import PASSWORD, Person, eventually

STATES_OF_UNSENT = "() => JSON.parse(sessionStorage.getItem('flack.unsent')).map(({ state }) => state)"
REFUSALS = {
    429: "Please slow down.",
    413: "A request body may have at most 64 KiB.",
    503: "A service is not available at the moment; please try again.",
}


@pytest.fixture
def gate(member: Visitor) -> Gate:
    """What stands before the posts of the member."""
    return Gate(member.page, "**/api/v1/messages")


@pytest.fixture
def words() -> str:
    """What nobody else says."""
    return f"said once {token_hex(6)}"


def send(visitor: Visitor, words: str) -> Locator:
    """Send *words* and return what is shown of them."""
    visitor.box.fill(words)
    visitor.box.press("Enter")
    return items(visitor, words)


def press(item: Locator, button: str) -> None:
    item.get_by_role("button", name=button).click()


def lose_answer(route: Route) -> None:
    """Let the server have the post, and the page no answer."""
    route.fetch()
    route.abort()


def lose_post(route: Route) -> None:
    """Let nobody have the post."""
    route.abort()


def answer_for_it(route: Route) -> None:
    """Let nobody have the post, and the page an answer of who stands between, as in a hotel."""
    route.fulfill(status=200, content_type="text/html", body="<p>Welcome to our network.</p>")


def assert_posted(visitor: Visitor, person: Person, *texts: str) -> None:
    """Fail unless each of *texts* becomes one message, on the page and in the list, in this order."""
    for text in texts:
        expect(items(visitor, text)).to_have_count(1)
        expect(items(visitor, text)).to_have_attribute("data-status", "rendered")
    posted = [message_id(items(visitor, text)) for text in texts]
    assert posted == sorted(posted)
    assert [(each, source) for each, _, source in stored(person, first=posted[0]) if source in texts] == list(
        zip(posted, texts, strict=True)
    )


def test_a_message_is_shown_before_the_server_has_it(member: Visitor, gate: Gate, ann: Person, words: str) -> None:
    item = send(member, words)
    expect(item).to_have_attribute("data-status", "sending")
    expect(member.box).to_have_value("")
    expect(member.box).to_be_focused()
    gate.next().continue_()
    assert_posted(member, ann, words)


@pytest.mark.parametrize("lose", [lose_answer, lose_post, answer_for_it])
def test_what_was_perhaps_not_sent_is_sent_again_and_is_one_message(
    member: Visitor, gate: Gate, ann: Person, words: str, lose: Callable[[Route], None]
) -> None:
    item = send(member, words)
    lose(gate.next())
    failed = item.and_(member.page.locator("[data-status=failed]"))
    expect(failed).to_contain_text("Flack cannot be reached")
    gate.open()
    press(failed, "Retry")
    assert_posted(member, ann, words)


def test_what_is_sent_again_and_again_is_one_message(member: Visitor, gate: Gate, ann: Person, words: str) -> None:
    item = send(member, words)
    failed = item.and_(member.page.locator("[data-status=failed]"))
    for _ in range(3):
        lose_answer(gate.next())
        press(failed, "Retry")
    gate.next().continue_()
    assert_posted(member, ann, words)


def test_nothing_is_sent_in_the_name_of_who_came_after(member: Visitor, gate: Gate, ann: Person, words: str) -> None:
    send(member, "the first")
    send(member, words)
    other = member.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Log out").click()
    other.get_by_label("Nickname").fill(f"bob-{token_hex(6)}")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Register").click()
    expect(member.box).to_be_visible()
    gate.open()
    assert eventually(lambda: set(member.page.evaluate(STATES_OF_UNSENT)) == {"failed"})
    assert words not in ann.call("GET", "/messages?before=1000000000").text


def test_what_is_discarded_is_never_sent(member: Visitor, gate: Gate, ann: Person, words: str) -> None:
    item = send(member, words)
    lose_post(gate.next())
    press(item, "Discard")
    expect(item).to_have_count(0)
    gate.open()
    member.arrive()
    author = ann.read(message_id(member.post("something else")))["user_id"]
    expect(item).to_have_count(0)
    posted = ann.call("GET", f"/messages?user_id={author}").json()["messages"]
    assert [message["source"] for message in posted] == ["something else"]


@pytest.mark.parametrize(("status", "detail"), REFUSALS.items())
def test_what_is_refused_says_why_and_may_be_sent_again(
    member: Visitor, gate: Gate, ann: Person, words: str, status: int, detail: str
) -> None:
    item = send(member, words)
    problem = {"type": "/problems/refused", "title": "Refused", "status": status, "detail": detail}
    gate.next().fulfill(status=status, json=problem, content_type="application/problem+json")
    expect(item.get_by_role("alert")).to_have_text(f"Not sent: {detail}")
    press(item, "Retry")
    gate.next().continue_()
    assert_posted(member, ann, words)


def test_an_answer_that_nobody_understands_is_a_failure_too(
    member: Visitor, gate: Gate, ann: Person, words: str
) -> None:
    item = send(member, words)
    gate.next().fulfill(status=502, body="<h1>Bad Gateway</h1>", content_type="text/html")
    expect(item).to_have_attribute("data-status", "failed")
    press(item, "Retry")
    gate.next().continue_()
    assert_posted(member, ann, words)


def test_what_is_sent_in_quick_succession_goes_one_by_one(member: Visitor, gate: Gate, ann: Person, words: str) -> None:
    texts = [f"{words} {number}." for number in range(8)]
    for text in texts:
        send(member, text)
    expect(items(member, words)).to_have_text([f"{text}Sending…" for text in texts])
    for text in texts:
        route = gate.next()
        with member.page.expect_request("/livez"):
            member.page.evaluate("() => fetch('/livez')")
        assert gate.is_free, "whatever was sent before this request would be there by now"
        assert route.request.post_data_json == {"source": text}
        route.continue_()
    assert_posted(member, ann, *texts)


def test_the_same_words_twice_are_two_messages(member: Visitor, words: str) -> None:
    for _ in range(2):
        send(member, words)
    expect(items(member, words).and_(member.page.locator("[data-status=rendered]"))).to_have_count(2)
    expect(items(member, words)).to_have_count(2)


@pytest.mark.parametrize("reaches_server", [True, False])
def test_what_a_reload_interrupts_waits_to_be_sent_and_is_one_message(
    member: Visitor, gate: Gate, ann: Person, words: str, *, reaches_server: bool
) -> None:
    send(member, words)
    held = gate.next()
    if reaches_server:
        held.fetch()
    member.arrive()
    failed = items(member, words).and_(member.page.locator("[data-status=failed]"))
    expect(failed).to_contain_text("The page was left before it was sent.")
    gate.open()
    press(failed, "Retry")
    assert_posted(member, ann, words)


def test_what_comes_back_before_the_answer_is_shown_once(member: Visitor, gate: Gate, ann: Person, words: str) -> None:
    item = send(member, words)
    route = gate.next()
    answer = route.fetch()
    assert answer.json()["status"] == "posted"
    expect(item.and_(member.page.locator("[data-status=rendered]"))).to_be_visible()
    expect(item).to_have_count(1)
    route.fulfill(response=answer)
    assert_posted(member, ann, words)
