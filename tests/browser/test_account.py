"""How people get in and out of the web page."""

import re
from re import Pattern
from secrets import token_hex

from playwright.sync_api import Locator, expect

from tests.browser.visitor import Visit, Visitor, message_id, to


def test_a_wrong_password_is_told_beside_the_field(visit: Visit) -> None:
    visitor = visit()
    visitor.register()
    visitor.press("Log out")
    visitor.fill_in(visitor.nickname, "not the password")
    with visitor.page.expect_response(to("POST", "/tokens")) as answer:
        visitor.press("Log in")
    expect_wrong(visitor.page.get_by_label("Password"), re.compile(re.escape(answer.value.json()["detail"])))
    expect(visitor.box).to_be_hidden()


def test_a_taken_nickname_is_told_beside_the_field(member: Visitor, visit: Visit) -> None:
    other = visit()
    other.fill_in(member.nickname)
    with other.page.expect_response(to("POST", "/users")) as answer:
        other.press("Register")
    expect_wrong(other.page.get_by_label("Nickname"), answer.value.json()["detail"])


def test_a_field_that_is_wrong_says_so_itself(visit: Visit) -> None:
    visitor = visit()
    visitor.fill_in(f"ann-{token_hex(6)}", "short")
    visitor.press("Register")
    password = visitor.page.get_by_label("Password")
    expect_wrong(password, "Must have at least 8 characters.")
    expect(visitor.page.get_by_label("Nickname")).to_have_attribute("aria-invalid", "false")
    password.press("x")
    expect(password).to_have_attribute("aria-invalid", "false")


def test_who_enters_nothing_is_told_what_to_enter(visit: Visit) -> None:
    visitor = visit()
    visitor.page.get_by_label("Nickname").press("Enter")
    expect_wrong(visitor.page.get_by_label("Nickname"), "Please enter a nickname.")
    expect(visitor.page.get_by_label("Password")).to_have_accessible_description("Please enter a password.")


def test_spaces_around_a_nickname_are_nobodys_intention(visit: Visit) -> None:
    visitor = visit()
    nickname = f"ann-{token_hex(6)}"
    visitor.register(f" {nickname} ")
    expect(visitor.page.get_by_role("banner").get_by_role("button", name=nickname)).to_be_visible()


def test_names_and_passwords_of_any_script_log_in(visit: Visit) -> None:
    visitor = visit()
    nickname, password = f"Zoë Ωμ 狐 🦊 {token_hex(4)}", "пароль-密码-🔑"
    visitor.register(nickname, password)
    visitor.press("Log out")
    visitor.fill_in(nickname, password)
    visitor.press("Log in")
    expect(visitor.box).to_be_focused()


def test_a_reload_keeps_somebody_logged_in(member: Visitor) -> None:
    member.page.reload()
    expect(member.box).to_be_visible()
    expect(member.page.get_by_role("banner").get_by_role("button", name=member.nickname)).to_be_visible()


def test_logging_out_ends_the_session(member: Visitor) -> None:
    with member.page.expect_response(to("DELETE", "/tokens")) as answer:
        member.press("Log out")
    assert answer.value.status == 204
    expect(member.box).to_be_hidden()
    member.page.reload()
    expect(member.page.get_by_role("button", name="Log in")).to_be_visible()


def test_somebody_takes_another_nickname(member: Visitor, visit: Visit) -> None:
    bob = visit()
    message = member.post("who am I?")
    former, other = member.nickname, f"zoë-{token_hex(6)}"
    rename(member, former, other)
    expect(member.page.get_by_role("dialog")).to_have_count(0)
    expect(message.locator(".name")).to_have_text(other)
    expect(bob.message(message_id(message)).locator(".name")).to_have_text(other)
    expect(bob.page.get_by_role("list", name="People").get_by_text(former)).to_have_count(0)
    member.page.reload()
    expect(member.page.get_by_role("banner").get_by_role("button", name=other)).to_be_visible()


def test_nobody_takes_the_nickname_of_another(member: Visitor, visit: Visit) -> None:
    bob = visit()
    bob.register()
    rename(bob, bob.nickname, member.nickname)
    expect_wrong(bob.page.get_by_role("dialog").get_by_label("Nickname"), re.compile(r"taken", re.IGNORECASE))
    bob.page.keyboard.press("Escape")
    expect(bob.page.get_by_role("banner").get_by_role("button", name=bob.nickname)).to_be_focused()


def rename(visitor: Visitor, former: str, nickname: str) -> None:
    visitor.page.get_by_role("banner").get_by_role("button", name=former).click()
    dialog = visitor.page.get_by_role("dialog", name="Change your nickname")
    dialog.get_by_label("Nickname").fill(nickname)
    dialog.get_by_role("button", name="Save").click()


def expect_wrong(field: Locator, why: str | Pattern[str]) -> None:
    """Fail unless *field* says itself that it is wrong, and why."""
    expect(field).to_have_accessible_description(why)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
