"""What people do on the web page."""

from secrets import token_hex
from typing import Any

from playwright.sync_api import expect

from tests.browser.visitor import Visit, Visitor, message_id


def test_a_newcomer_registers_and_posts_markdown(visit: Visit) -> None:
    newcomer = visit()
    newcomer.register()
    message = newcomer.post("**hi**")
    expect(message.locator(".body strong", has_text="hi")).to_be_visible()
    expect(message).to_contain_text(newcomer.nickname)


def test_others_see_a_message_arrive_without_reloading(member: Visitor, visit: Visit) -> None:
    bob = visit()
    bob.register()
    words = f"hello *Bob* {token_hex(6)}"
    member.post(words)
    arrived = bob.log.get_by_role("listitem").filter(has_text=words.replace("*", ""))
    expect(arrived.get_by_role("emphasis")).to_have_text("Bob")
    expect(arrived).to_contain_text(member.nickname)


def test_strangers_may_read_but_not_post(member: Visitor, visit: Visit) -> None:
    words = f"open to all {token_hex(6)}"
    member.post(words)
    stranger = visit()
    expect(stranger.log).to_contain_text(words)
    expect(stranger.box).to_be_hidden()
    expect(stranger.page.get_by_role("button", name="Log in")).to_be_visible()


def test_shift_and_enter_begin_a_new_line(member: Visitor) -> None:
    member.box.press_sequentially("one")
    member.box.press("Shift+Enter")
    member.box.press_sequentially("two")
    expect(member.box).to_have_value("one\ntwo")
    message = member.post("one\ntwo")
    expect(message.locator("br")).to_have_count(1)
    expect(member.box).to_have_value("")


def test_what_could_not_be_posted_is_not_lost(member: Visitor) -> None:
    member.context.set_offline(offline=True)
    member.box.fill("precious")
    member.box.press("Enter")
    expect(member.page.locator("#composer").get_by_role("alert")).to_contain_text("cannot be reached")
    expect(member.box).to_have_value("precious")


def test_who_was_cut_off_sees_what_was_missed(member: Visitor, visit: Visit) -> None:
    bob = visit()
    bob.context.set_offline(offline=True)
    expect(bob.page.get_by_role("status")).to_contain_text("lost")
    words = f"while you were away {token_hex(6)}"
    member.post(words)
    bob.context.set_offline(offline=False)
    expect(bob.page.get_by_role("status")).to_have_text("Live")
    expect(bob.log).to_contain_text(words)


def test_an_older_version_never_replaces_a_newer_one(member: Visitor) -> None:
    message = member.post("**new**")
    expect(message.locator(".body strong")).to_have_text("new")
    old = chat_message(message_id(message), html="old", version=1)
    unseen = chat_message(old["id"] + 1_000_000, html=f"unseen {token_hex(6)}")
    member.page.route("**/api/v1/messages?*", lambda route: route.fulfill(json={"messages": [old, unseen]}))
    member.context.set_offline(offline=True)
    expect(member.page.get_by_role("status")).to_contain_text("lost")
    member.context.set_offline(offline=False)
    # The unseen one comes behind the old one: once it is there, the old one has been dealt with.
    expect(member.message(unseen["id"])).to_contain_text(unseen["html"])
    expect(message.locator(".body strong")).to_have_text("new")


def test_a_deleted_message_leaves_a_note(visit: Visit) -> None:
    reader = visit()
    gone = {**chat_message(1, html=""), "deleted": True}
    reader.page.route("**/api/v1/messages?*", lambda route: route.fulfill(json={"messages": [gone]}))
    reader.page.reload()
    expect(reader.message(1)).to_contain_text("This message was deleted.")


def test_only_the_last_five_hundred_messages_are_kept(visit: Visit) -> None:
    reader = visit()
    many = [chat_message(each, html=f"number {each}") for each in range(1, 601)]
    reader.page.route("**/api/v1/messages?*", lambda route: route.fulfill(json={"messages": many}))
    reader.page.reload()
    items = reader.log.get_by_role("listitem")
    expect(items).to_have_count(500)
    expect(items.first).to_contain_text("number 101")
    expect(items.last).to_contain_text("number 600")
    expect(items.last).to_be_in_viewport()


def test_who_reads_further_up_is_left_there(member: Visitor, visit: Visit) -> None:
    reader = visit()
    for _ in range(3):
        last = member.post("a long story\n\n" * 40)
    beginning = reader.message(message_id(last)).locator("p").first
    beginning.scroll_into_view_if_needed()
    news = member.post("something new")
    expect(reader.message(message_id(news))).to_have_attribute("data-status", "rendered")
    expect(reader.message(message_id(news))).not_to_be_in_viewport()
    expect(beginning).to_be_in_viewport()


def test_people_are_listed_with_their_presence(member: Visitor, visit: Visit) -> None:
    reader = visit()
    listed = reader.page.get_by_role("list", name="People").get_by_role("listitem").filter(has_text=member.nickname)
    expect(listed).to_contain_text("online")
    expect(listed).not_to_contain_text("offline")


def test_nothing_sticks_out_on_a_small_telephone(member: Visitor) -> None:
    member.page.set_viewport_size({"width": 320, "height": 640})
    message = member.post("w" * 500 + "\n\n```\n" + "code " * 100 + "\n```")
    expect(message.locator("pre")).to_be_visible()
    assert member.page.evaluate("() => document.documentElement.scrollWidth") <= 320
    member.press("Log out")
    expect(member.page.get_by_role("button", name="Log in")).to_be_in_viewport()
    assert member.page.evaluate("() => document.documentElement.scrollWidth") <= 320


def chat_message(number: int, *, html: str, version: int = 2) -> dict[str, Any]:
    """Return a message as the API gives it."""
    return {
        "id": number,
        "created_at": 1_700_000_000,
        "updated_at": 1_700_000_000,
        "version": version,
        "html": html,
        "status": "rendered",
        "deleted": False,
        "user_id": 1,
    }
