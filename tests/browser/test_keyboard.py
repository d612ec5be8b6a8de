"""Who has a keyboard and nothing else can do all there is to do, and always sees where they are."""

from secrets import token_hex

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.visitor import Visit, Visitor
from tests.people import PASSWORD, Person

MAX_STOPS = 200
# Past the last stop, the focus is on the browser's own controls for one.
IS_SEEN = """() => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
    return document.activeElement === document.body || (outlineStyle === "solid" && parseFloat(outlineWidth) >= 2);
}"""
HAS_FOCUS = "(element) => element === document.activeElement"


def test_a_newcomer_gets_in_and_posts(visit: Visit) -> None:
    newcomer, nickname = visit(), f"ann-{token_hex(6)}"
    keys = newcomer.page.keyboard
    go_to(newcomer.page.get_by_label("Nickname"))
    keys.type(nickname)
    go_to(newcomer.page.get_by_label("Password"))
    keys.type(PASSWORD)
    go_to(newcomer.page.get_by_role("button", name="Register"))
    keys.press("Enter")
    expect(newcomer.box).to_be_focused()
    words = f"by hand {token_hex(6)}"
    keys.type(words)
    keys.press("Enter")
    expect(newcomer.log.get_by_role("listitem").filter(has_text=words)).to_have_attribute("data-status", "rendered")
    expect(newcomer.box).to_be_focused()


def test_an_author_edits_and_is_back_where_they_were(member: Visitor) -> None:
    message, keys = member.post("a typpo"), member.page.keyboard
    edit = message.get_by_role("button", name="Edit")
    go_to(edit, "Shift+Tab")
    keys.press("Enter")
    expect(message.get_by_role("textbox")).to_be_focused()
    keys.press("Backspace")
    keys.press("Enter")
    expect(message).to_contain_text("a typp")
    expect(edit).to_be_focused()


@pytest.mark.parametrize("leaving", [["Escape"], ["Tab", "Tab", "Enter"]], ids=["escape", "cancel"])
def test_whoever_edits_nothing_after_all_is_back_too(member: Visitor, leaving: list[str]) -> None:
    message, keys = member.post("no typo"), member.page.keyboard
    edit = message.get_by_role("button", name="Edit")
    go_to(edit, "Shift+Tab")
    keys.press("Enter")
    expect(message.get_by_role("textbox")).to_be_focused()
    for key in ("x", *leaving):
        keys.press(key)
    expect(edit).to_be_focused()
    expect(message).to_contain_text("no typo")


@pytest.mark.parametrize("leaving", [["Escape"], ["Tab", "Enter"]], ids=["escape", "cancel"])
def test_an_author_thinks_twice_and_then_deletes(member: Visitor, leaving: list[str]) -> None:
    message, keys = member.post("a mistake"), member.page.keyboard
    delete = message.get_by_role("button", name="Delete", exact=True)
    go_to(delete, "Shift+Tab")
    dialog = member.page.get_by_role("dialog")
    keys.press("Enter")
    expect(dialog.get_by_role("button", name="Delete")).to_be_focused()
    for key in leaving:
        keys.press(key)
    expect(dialog).to_have_count(0)
    expect(delete).to_be_focused()
    keys.press("Enter")
    expect(dialog.get_by_role("button", name="Delete")).to_be_focused()
    keys.press("Enter")
    expect(message).to_have_attribute("data-status", "deleted")
    expect(member.log).to_be_focused()


def test_somebody_takes_another_nickname(member: Visitor) -> None:
    keys, nickname = member.page.keyboard, f"new-{token_hex(6)}"
    go_to(member.page.get_by_role("button", name=member.nickname))
    keys.press("Enter")
    expect(member.page.get_by_role("dialog").get_by_label("Nickname")).to_be_focused()
    keys.press("ControlOrMeta+a")
    keys.type(nickname)
    keys.press("Enter")
    expect(member.page.get_by_role("dialog")).to_have_count(0)
    expect(member.page.get_by_role("button", name=nickname)).to_be_focused()


def test_who_has_read_further_up_jumps_to_the_latest(member: Visitor) -> None:
    message, keys = member.post("a long story\n\n" * 60), member.page.keyboard
    expect(message).to_have_attribute("data-status", "rendered")
    go_to(member.log, "Shift+Tab")
    keys.press("PageUp")
    jump = member.page.get_by_role("button", name="Jump to latest")
    expect(jump).to_be_visible()
    go_to(jump)
    keys.press("Enter")
    expect(jump).to_have_count(0)
    expect(member.log).to_be_focused()


def test_what_was_not_sent_is_discarded(member: Visitor) -> None:
    keys = member.page.keyboard
    member.page.route("**/api/v1/messages", lambda route: route.abort(), times=1)
    keys.type("never mind")
    keys.press("Enter")
    discard = member.log.get_by_role("button", name="Discard")
    expect(discard).to_be_visible()
    go_to(discard, "Shift+Tab")
    keys.press("Enter")
    expect(discard).to_have_count(0)
    expect(member.box).to_be_focused()


def test_somebody_leaves_and_comes_back(member: Visitor) -> None:
    keys = member.page.keyboard
    go_to(member.page.get_by_role("button", name="Log out"))
    keys.press("Enter")
    expect(member.page.get_by_label("Nickname")).to_be_focused()
    keys.type(member.nickname)
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(member.box).to_be_focused()


def test_code_that_is_wider_than_the_page_is_scrolled(ann: Person, member: Visitor) -> None:
    message = member.message(ann.post(f"```\n{'wide ' * 200}\n```")["id"])
    expect(message).to_have_attribute("data-status", "rendered")
    code = message.get_by_role("group", name="Code")
    go_to(code, "Shift+Tab")
    member.page.keyboard.press("ArrowRight")
    member.page.wait_for_function("(code) => code.scrollLeft > 0", arg=code.element_handle())


def go_to(wanted: Locator, key: str = "Tab") -> None:
    """Press *key* until *wanted* has the focus, which has to be seen wherever it passes."""
    page: Page = wanted.page
    for _ in range(MAX_STOPS):
        if wanted.evaluate(HAS_FOCUS):
            return
        page.keyboard.press(key)
        assert page.evaluate(IS_SEEN), page.evaluate("document.activeElement.outerHTML")
    pytest.fail(f"{key} never comes to {wanted}")
