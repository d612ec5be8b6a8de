"""What people say to each other on the web page."""

import re
from secrets import token_hex

from playwright.sync_api import Locator, Page, expect

from tests.browser.gate import Gate
from tests.browser.visitor import NEXT_FRAME, Visit, Visitor, message_id
from tests.people import Person
from tests.site import Site

MAX_CHARS = 8000


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


def test_others_see_what_a_link_leads_to(member: Visitor, visit: Visit, site: Site) -> None:
    bob = visit()
    url = site.put(f"/{token_hex(6)}", "<title>A fine page</title><meta name=description content='It is fine.'>")
    site.gate.clear()
    number = message_id(member.post(f"look: {url}"))
    cards = [looking.message(number).get_by_role("list", name="Links") for looking in (member, bob)]
    for card in cards:
        expect(card).to_have_attribute("aria-busy", "true")
    heights = [height(card) for card in cards]
    site.gate.set()
    for card in cards:
        expect(card.get_by_role("link", name="A fine page")).to_have_attribute("href", url)
        expect(card).to_contain_text("It is fine.")
    assert heights == [height(card) for card in cards]
    expect(bob.message(number).locator("blockquote")).to_have_count(0)


def test_a_quote_of_ones_own_is_no_card(member: Visitor, site: Site) -> None:
    url = site.put(f"/{token_hex(6)}", "<title>A fine page</title>")
    message = member.post(f"{url}\n\n> to be")
    expect(message.get_by_role("list", name="Links").get_by_role("link")).to_have_text("A fine page")
    expect(message.locator("blockquote")).to_have_text(re.compile("to be"))


def test_an_author_edits_a_message(member: Visitor, visit: Visit) -> None:
    bob = visit()
    message = member.post("a tipo")
    message.hover()
    message.get_by_role("button", name="Edit").click()
    box = message.get_by_label("New text, in Markdown")
    expect(box).to_be_focused()
    expect(box).to_have_value("a tipo")
    box.fill("a *typo*")
    box.press("Enter")
    for looking in (member, bob):
        expect(looking.message(message_id(message)).get_by_role("emphasis")).to_have_text("typo")


def test_an_edit_that_is_refused_stays_to_be_mended(member: Visitor) -> None:
    message = member.post("short")
    message.hover()
    message.get_by_role("button", name="Edit").click()
    box = message.get_by_label("New text, in Markdown")
    box.fill("x" * (MAX_CHARS + 1))
    message.get_by_role("button", name="Save").click()
    expect(message.get_by_role("alert")).to_contain_text(str(MAX_CHARS))
    box.press("Escape")
    expect(message.locator(".body")).to_have_text("short")


def test_an_author_deletes_a_message_after_having_been_asked(member: Visitor, visit: Visit) -> None:
    bob = visit()
    message = member.post("regrettable")
    delete(member.page, message, "Cancel")
    expect(message.locator(".body")).to_have_text("regrettable")
    delete(member.page, message, "Delete")
    for looking in (member, bob):
        expect(looking.message(message_id(message))).to_contain_text("This message was deleted.")
        expect(looking.message(message_id(message))).not_to_contain_text("regrettable")
    expect(message.get_by_role("button")).to_have_count(0)


def test_nobody_else_is_offered_to_change_a_message(member: Visitor, visit: Visit) -> None:
    bob = visit()
    bob.register()
    number = message_id(member.post("mine"))
    expect(bob.message(number)).to_contain_text("mine")
    expect(bob.message(number).get_by_role("button")).to_have_count(0)


def test_strangers_may_read_but_not_post(ann: Person, visit: Visit) -> None:
    number = ann.post("open to all")["id"]
    stranger = visit()
    expect(stranger.message(number)).to_contain_text("open to all")
    expect(stranger.box).to_be_hidden()
    expect(stranger.entrance.get_by_role("button", name="Log in")).to_be_visible()


def test_shift_and_enter_begin_a_new_line(member: Visitor) -> None:
    member.box.press_sequentially("one")
    member.box.press("Shift+Enter")
    member.box.press_sequentially("two")
    expect(member.box).to_have_value("one\ntwo")
    message = member.post("one\ntwo")
    expect(message.locator("br")).to_have_count(1)
    expect(member.box).to_have_value("")


def test_who_sends_before_the_preview_is_there_goes_on_writing(member: Visitor) -> None:
    gate = Gate(member.page, "**/renderings")
    member.box.fill("sent without a look")
    member.press("Preview")
    preview = gate.next()
    member.box.press("Enter")
    with member.page.expect_response("**/renderings"):
        preview.continue_()
    member.page.evaluate(NEXT_FRAME)
    expect(member.page.get_by_role("region", name="Preview")).to_have_count(0)
    expect(member.post("the next one")).to_be_visible()


def test_what_is_too_long_stays_in_its_box(member: Visitor) -> None:
    member.box.fill("\N{FOX FACE}" * (MAX_CHARS + 1))
    member.box.press("Enter")
    expect(member.composer.get_by_role("alert")).to_contain_text(str(MAX_CHARS))
    expect(member.box).to_have_value("\N{FOX FACE}" * (MAX_CHARS + 1))


def test_a_preview_is_what_the_message_becomes(member: Visitor) -> None:
    source = "# A list\n\n- *one*\n- `two` https://example.org/"
    member.box.fill(source)
    member.press("Preview")
    preview = member.page.get_by_role("region", name="Preview")
    expect(preview.get_by_role("emphasis")).to_have_text("one")
    previewed = preview.inner_html()
    member.press("Write")
    expect(member.box).to_have_value(source)
    expect(member.box).to_be_focused()
    message = member.post(source)
    expect(message).to_have_attribute("data-status", "rendered")
    assert message.locator(".body").inner_html() == previewed


def test_messages_of_one_author_in_a_row_are_a_group(ann: Person, bob: Person, visit: Visit) -> None:
    one, two, three = (person.post("hello")["id"] for person in (ann, ann, bob))
    reader = visit()
    expect(reader.message(one).locator(".name")).to_have_text(ann.nickname)
    expect(reader.message(two).locator(".name")).to_have_count(0)
    expect(reader.message(three).locator(".name")).to_have_text(bob.nickname)


def test_days_and_times_are_those_of_the_reader(ann: Person, visit: Visit) -> None:
    number = ann.post("just now")["id"]
    reader = visit()
    expect(reader.page.locator(".day").last).to_have_text("Today")
    shown = reader.message(number).locator("time")
    written_at = ann.read(number)["created_at"]
    zone = "(at) => new Date(at * 1000).toLocaleTimeString(undefined, {timeStyle: 'short'})"
    expect(shown).to_have_text(reader.page.evaluate(zone, written_at))


def test_people_are_listed_with_their_presence(member: Visitor, visit: Visit) -> None:
    reader = visit()
    listed = reader.page.get_by_role("list", name="People").get_by_role("listitem").filter(has_text=member.nickname)
    expect(listed).to_contain_text("online")
    expect(listed).not_to_contain_text("offline")


def delete(page: Page, message: Locator, answer: str) -> None:
    """Ask to delete *message*, and answer the question whether to."""
    message.hover()
    message.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog", name="Delete this message?")
    dialog.get_by_role("button", name=answer).click()
    expect(dialog).to_have_count(0)


def height(element: Locator) -> float:
    box = element.bounding_box()
    assert box
    return box["height"]
