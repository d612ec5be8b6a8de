"""What people who cannot see the page are told by itself: what is new, and nothing else."""

from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor
from tests.people import Person, eventually

PAGE_AND_MORE = 60
LISTEN = """
    window.told = [];
    new MutationObserver(() => {
        const text = document.querySelector("[aria-live=polite]")?.textContent;
        if (text && text !== told.at(-1)) told.push(text);
    }).observe(document, { subtree: true, childList: true, characterData: true });
"""
TO_THE_TOP = "(log) => log.scrollTo({ top: -log.scrollHeight, behavior: 'instant' })"
IS_ANYTHING_SMOOTH = """() => [...document.querySelectorAll("*")].some((each) =>
    getComputedStyle(each).scrollBehavior === "smooth") || document.getAnimations().length > 0"""


def test_new_messages_of_others_are_told_and_nothing_else_is(ann: Person, member: Visitor) -> None:
    history = [ann.post(f"number {number}")["id"] for number in range(PAGE_AND_MORE)]
    member.page.add_init_script(LISTEN)
    member.arrive()
    expect(member.message(history[-1])).to_be_visible()
    member.log.evaluate(TO_THE_TOP)
    expect(member.message(history[0])).to_be_attached()
    member.post("of my own")
    miss_one(ann, member)
    ann.call("PUT", f"/messages/{history[-1]}", json={"source": "edited"}).raise_for_status()
    expect(member.message(history[-1])).to_contain_text("edited")
    ann.post("**news**")
    expect(member.page.locator("[aria-live=polite]")).to_have_text(f"{ann.nickname}: **news**")
    assert member.page.evaluate("told") == [f"{ann.nickname}: **news**"]


def miss_one(ann: Person, member: Visitor) -> None:
    """Have a message posted while *member* is offline."""
    member.context.set_offline(offline=True)
    expect(member.page.get_by_role("status")).to_have_text("Offline")
    missed = ann.post("missed")["id"]
    assert eventually(lambda: ann.read(missed)["status"] == "rendered")
    member.context.set_offline(offline=False)
    expect(member.message(missed)).to_be_attached()


def test_the_log_itself_is_silent(member: Visitor) -> None:
    expect(member.log).to_have_attribute("aria-live", "off")


def test_a_lost_connection_is_told(member: Visitor) -> None:
    alerts = member.page.get_by_role("alert").filter(has_text="The connection is lost.")
    expect(alerts).to_have_count(0)
    member.context.set_offline(offline=True)
    expect(alerts).to_be_visible()
    member.context.set_offline(offline=False)
    expect(alerts).to_have_count(0)


def test_nothing_moves_for_who_wants_no_motion(member: Visitor) -> None:
    member.page.emulate_media(reduced_motion="reduce")
    assert not is_anything_smooth(member.page)
    member.page.emulate_media(reduced_motion="no-preference")
    assert is_anything_smooth(member.page)


def is_anything_smooth(page: Page) -> bool:
    return bool(page.evaluate(IS_ANYTHING_SMOOTH))
