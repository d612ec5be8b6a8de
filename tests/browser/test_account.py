"""How people get in and out of the web page."""

import json
import re
from secrets import token_hex

from playwright.sync_api import expect

from tests.browser.visitor import Visit, Visitor, to


def test_a_wrong_password_is_told_beside_the_form(visit: Visit) -> None:
    visitor = visit()
    visitor.register()
    visitor.press("Log out")
    visitor.fill_in(visitor.nickname, "not the password")
    with visitor.page.expect_response(to("POST", "/tokens")) as answer:
        visitor.press("Log in")
    expect(visitor.page.locator("#entrance").get_by_role("alert")).to_have_text(answer.value.json()["detail"])
    expect(visitor.box).to_be_hidden()


def test_a_taken_nickname_is_told_beside_the_form(member: Visitor, visit: Visit) -> None:
    other = visit()
    other.fill_in(member.nickname)
    with other.page.expect_response(to("POST", "/users")) as answer:
        other.press("Register")
    expect(other.page.locator("#entrance").get_by_role("alert")).to_have_text(answer.value.json()["detail"])


def test_a_field_that_is_wrong_says_so_itself(visit: Visit) -> None:
    visitor = visit()
    visitor.fill_in(f"ann-{token_hex(6)}", "short")
    visitor.press("Register")
    password = visitor.page.get_by_label("Password")
    expect(password).to_have_accessible_description(re.compile("8"))
    expect(password).to_have_attribute("aria-invalid", "true")
    expect(password).to_be_focused()
    expect(visitor.page.get_by_label("Nickname")).to_have_attribute("aria-invalid", "false")


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
    expect(member.page.locator("#me")).to_have_text(member.nickname)


def test_logging_out_ends_the_session(member: Visitor) -> None:
    with member.page.expect_response(to("DELETE", "/tokens")) as answer:
        member.press("Log out")
    assert answer.value.status == 204
    expect(member.box).to_be_hidden()
    member.page.reload()
    expect(member.page.get_by_role("button", name="Log in")).to_be_visible()


def test_an_ended_session_asks_to_log_in_again_and_goes_on_reading(member: Visitor) -> None:
    words = f"still readable {token_hex(6)}"
    member.post(words)
    stale = json.dumps({"nickname": member.nickname, "token": "not.a.token"})
    member.page.evaluate("(stale) => sessionStorage.setItem('flack.session', stale)", stale)
    member.page.reload()
    expect(member.page.locator("#entrance").get_by_role("alert")).to_contain_text("session has ended")
    expect(member.page.get_by_role("status")).to_have_text("Live")
    expect(member.log).to_contain_text(words)
