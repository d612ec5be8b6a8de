"""Somebody at a browser of their own."""

from collections.abc import Callable
from secrets import token_hex
from typing import TypeAlias

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Locator, Page, Response, WebError, expect

from tests.people import PASSWORD

PATIENCE_MS = 15_000
# Script that got through calls one of these.
FIRES = """for (const name of ["alert", "confirm", "prompt", "print", "pwned", "msgbox"])
    window[name] = () => { window.fired = name; }"""
# An element of that id would set it as well.
HAS_FIRED = "() => window.fired !== undefined"
# Chromium writes to the console what its policy forbade; this also tells what it forbids without a word there.
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation",
    ({violatedDirective, blockedURI}) => console.error("Content Security Policy:", violatedDirective, blockedURI))"""
NEXT_FRAME = "() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))"


class Visitor:
    """A page, and what went wrong in it and its other tabs.

    Attributes:
        troubles: Errors of scripts, dialogs, and what the content security policy forbade.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.nickname = ""
        self.troubles: list[str] = []
        self.context = context
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(TELL_VIOLATIONS)
        context.add_init_script(FIRES)
        context.on("weberror", self._on_error)
        context.on("console", self._on_console)
        context.on("dialog", self._on_dialog)
        self.page: Page = context.new_page()

    def arrive(self) -> None:
        """Open the page and wait until it is live."""
        self.page.goto("/")
        expect(self.page.get_by_role("status")).to_have_text("Live")

    def fill_in(self, nickname: str, password: str = PASSWORD) -> None:
        """Fill in the entrance."""
        self.nickname = nickname
        self.page.get_by_label("Nickname").fill(nickname)
        self.page.get_by_label("Password").fill(password)

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button).click()

    def register(self, nickname: str | None = None, password: str = PASSWORD) -> None:
        """Register, which logs in as well; without a nickname under a new one."""
        self.fill_in(nickname or f"ann-{token_hex(6)}", password)
        self.press("Register")
        expect(self.box).to_be_focused()

    def post(self, source: str) -> Locator:
        """Post *source* and return the element of its message."""
        with self.page.expect_response(to("POST", "/messages")) as answer:
            self.box.fill(source)
            self.box.press("Enter")
        return self.message(answer.value.json()["id"])

    def message(self, number: int) -> Locator:
        return self.page.locator(f'[data-message="{number}"]')

    @property
    def entrance(self) -> Locator:
        return self.page.get_by_role("form", name="Join in")

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("form", name="Write a message")

    @property
    def box(self) -> Locator:
        return self.page.get_by_label("Message, in Markdown")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    def all_troubles(self) -> list[str]:
        """Return what went wrong, once the page had the time to tell."""
        self.page.evaluate(NEXT_FRAME)
        fired = ["fired: a script of somebody else ran"] if self.page.evaluate(HAS_FIRED) else []
        return self.troubles + fired

    def _on_error(self, error: WebError) -> None:
        self.troubles.append(f"error: {error.error}")

    def _on_console(self, line: ConsoleMessage) -> None:
        if is_violation(line):
            self.troubles.append(line.text)

    def _on_dialog(self, dialog: Dialog) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()


Visit: TypeAlias = Callable[[], Visitor]


def message_id(message: Locator) -> int:
    """Return the id of the message that is shown as *message*."""
    return int(str(message.get_attribute("data-message")))


def is_violation(line: ConsoleMessage) -> bool:
    """Whether *line* tells of something that the content security policy forbade."""
    return "Content Security Policy" in line.text


def to(method: str, path: str) -> Callable[[Response], bool]:
    """Return what tells the answers to *method* and *path* from others."""
    return lambda response: response.request.method == method and response.url.endswith(f"/api/v1{path}")
