"""What is new for somebody who has been away for a while."""

from playwright.sync_api import expect

from tests.browser.visitor import Visit, Visitor, message_id
from tests.people import Person

TOKEN = "() => JSON.parse(localStorage.getItem('flack.session')).token"
LEAVE = """() => {
    document.hasFocus = () => false;
    dispatchEvent(new Event("blur"));
}"""
RETURN = """() => {
    delete document.hasFocus;
    dispatchEvent(new Event("focus"));
}"""


def test_what_came_meanwhile_is_below_a_line_that_stays(ann: Person, visit: Visit) -> None:
    known = ann.post("before")["id"]
    reader = visit()
    expect(reader.message(known)).to_be_visible()
    reader.page.evaluate(LEAVE)
    fresh = [ann.post(f"meanwhile {number}")["id"] for number in range(3)]
    expect(reader.page).to_have_title("(3) Flack")
    expect_line_above(reader, fresh[0])
    reader.page.evaluate(RETURN)
    expect(reader.page).to_have_title("Flack")
    later = ann.post("afterwards")["id"]
    expect(reader.message(later)).to_be_visible()
    expect_line_above(reader, fresh[0])
    reader.page.evaluate(LEAVE)
    expect(reader.page.locator(".new")).to_have_count(0)


def test_the_line_is_above_what_others_said_first(ann: Person, member: Visitor) -> None:
    member.post("before")
    member.page.evaluate(LEAVE)
    headers = {"Authorization": f"Bearer {member.page.evaluate(TOKEN)}"}
    elsewhere = member.context.request.post("/api/v1/messages", headers=headers, data={"source": "from my telephone"})
    assert elsewhere.status == 202
    number = ann.post("a question")["id"]
    expect_line_above(member, number)


def test_whoever_answers_has_read_it(ann: Person, member: Visitor) -> None:
    member.post("before")
    member.page.evaluate(LEAVE)
    number = ann.post("a question")["id"]
    expect_line_above(member, number)
    member.page.evaluate(RETURN)
    member.post("an answer")
    expect(member.page.locator(".new")).to_have_count(0)


def test_who_reads_further_up_is_left_there_and_may_jump(member: Visitor, ann: Person) -> None:
    for _ in range(3):
        last = member.post("a long story\n\n" * 40)
    expect(last).to_have_attribute("data-status", "rendered")
    beginning = last.locator("p").first
    beginning.scroll_into_view_if_needed()
    news = member.message(ann.post("something new")["id"])
    expect(news).to_have_attribute("data-status", "rendered")
    expect(news).not_to_be_in_viewport()
    expect(beginning).to_be_in_viewport()
    member.press("1 new, jump to latest")
    expect(news).to_be_in_viewport()
    expect(member.page.get_by_role("button", name="jump to latest")).to_have_count(0)


def test_an_older_version_never_replaces_a_newer_one(member: Visitor) -> None:
    message = member.post("**new**")
    expect(message.locator(".body strong")).to_have_text("new")
    # The answer to an edit, which comes late: what has been pushed meanwhile is newer.
    path = f"/api/v1/messages/{message_id(message)}"
    stale = member.page.request.get(path).json() | {"version": 1, "html": "<p>old</p>"}
    member.page.route(f"**{path}", lambda route: route.fulfill(json=stale))
    message.hover()
    message.get_by_role("button", name="Edit").click()
    message.get_by_label("New text, in Markdown").press("Enter")
    expect(message.get_by_role("form")).to_have_count(0)
    expect(message.locator(".body strong")).to_have_text("new")


def expect_line_above(reader: Visitor, number: int) -> None:
    line = reader.page.locator(f'.new + [data-message="{number}"]')
    expect(line).to_have_count(1)
