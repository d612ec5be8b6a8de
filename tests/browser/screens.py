"""The screens of the web client: how somebody comes to each of them."""

from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from typing import TypeAlias

from playwright.sync_api import Locator, expect

from tests.browser.visitor import Visitor, to
from tests.people import Person
from tests.site import Site

LONG_WORD = "w" * 300
RICH = f"""### A heading

A paragraph with **bold**, *italic*, `code`, a [link](https://example.org/) and {LONG_WORD}.

> Somebody else said so.

- one
- two
    1. first
    2. second

```python
def greet(name: str) -> str:
    return f"hello {{name}}, and everybody else who reads this far to the right of a small telephone"
```

| name | what it does | who looks after it | since when |
| --- | --- | --- | --- |
| push | tells everybody what has happened | somebody | yesterday, or the day before that |
"""
PAGE = """<!doctype html><title>A page about telephones of all sizes</title>
<meta property="og:site_name" content="Pages">
<meta name="description" content="What is shown of it is longer than two lines on a telephone.">"""
MANY = 40


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Somebody at the page, who else there is, and what may be linked to."""

    reader: Visitor
    other: Person
    site: Site


def entrance(scene: Scene) -> None:
    scene.other.post(RICH)
    expect(scene.reader.log.get_by_role("table").last).to_be_visible()


def entrance_with_errors(scene: Scene) -> None:
    scene.reader.fill_in(scene.other.nickname, "short")
    scene.reader.press("Register")
    expect(scene.reader.entrance.get_by_label("Password")).to_have_attribute("aria-invalid", "true")


def conversation(scene: Scene) -> None:
    """Messages of all kinds; what may be done with one's own is shown."""
    reader = scene.reader
    reader.register()
    posted = scene.other.post(RICH)["id"]
    expect(reader.message(posted).get_by_role("table")).to_be_visible()
    reader.post(f"look at {scene.site.put(f'/{token_hex(6)}', PAGE)}")
    expect(reader.log.get_by_role("list", name="Links").get_by_role("link").last).to_be_visible()
    delete(reader, reader.post("a mistake"))
    own = reader.post("of my own")
    fail(reader, "not sent")
    own.get_by_role("button", name="Edit").focus()
    expect(own.locator(".actions")).to_have_css("opacity", "1")


def delete(reader: Visitor, message: Locator) -> None:
    ask_to_delete(reader, message)
    reader.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(message).to_have_attribute("data-status", "deleted")


def ask_to_delete(reader: Visitor, message: Locator) -> None:
    message.hover()
    message.get_by_role("button", name="Delete").click()
    expect(reader.page.get_by_role("dialog", name="Delete this message?")).to_be_visible()


def fail(reader: Visitor, source: str) -> None:
    """Try to send what does not come through."""
    reader.page.route("**/api/v1/messages", lambda route: route.abort(), times=1)
    reader.box.fill(source)
    reader.box.press("Enter")
    expect(reader.log.get_by_role("button", name="Retry")).to_be_visible()


def preview(scene: Scene) -> None:
    scene.reader.register()
    scene.reader.box.fill(RICH)
    scene.reader.press("Preview")
    expect(scene.reader.page.get_by_role("region", name="Preview").get_by_role("table")).to_be_attached()


def editor(scene: Scene) -> None:
    scene.reader.register()
    message = scene.reader.post("a typpo")
    message.hover()
    message.get_by_role("button", name="Edit").click()
    expect(message.get_by_role("textbox")).to_be_focused()


def deletion(scene: Scene) -> None:
    scene.reader.register()
    ask_to_delete(scene.reader, scene.reader.post("a mistake"))


def rename_with_an_error(scene: Scene) -> None:
    reader = scene.reader
    reader.register()
    reader.press(reader.nickname)
    field = reader.page.get_by_role("dialog").get_by_label("Nickname")
    field.fill(scene.other.nickname)
    with reader.page.expect_response(to("PUT", f"/users/{me(reader)}")):
        reader.press("Save")
    expect(field).to_have_attribute("aria-invalid", "true")


def me(reader: Visitor) -> int:
    return int(reader.page.evaluate("JSON.parse(localStorage.getItem('flack.session')).me.id"))


def offline(scene: Scene) -> None:
    scene.reader.register()
    scene.reader.context.set_offline(offline=True)
    expect(scene.reader.page.get_by_role("alert").filter(has_text="lost")).to_be_visible()


def something_new(scene: Scene) -> None:
    """New messages came while somebody looked elsewhere, and while they read further up."""
    reader = scene.reader
    reader.register()
    last = [scene.other.post(f"number {number}")["id"] for number in range(MANY)][-1]
    expect(reader.message(last)).to_have_attribute("data-status", "rendered")
    reader.page.evaluate("dispatchEvent(new Event('blur'))")
    scene.other.post("something new")
    expect(reader.log.get_by_text("New", exact=True)).to_be_visible()
    scroll_up(reader)
    scene.other.post("something newer")
    expect(reader.page.get_by_role("button", name="1 new, jump to latest")).to_be_visible()


def scroll_up(reader: Visitor) -> None:
    """Go back by half of what is in view, so that the line above what is new still is."""
    reader.log.evaluate("(log) => log.scrollTo({ top: -log.clientHeight / 2, behavior: 'instant' })")
    expect(reader.page.get_by_role("button", name="Jump to latest")).to_be_visible()


Screen: TypeAlias = Callable[[Scene], None]
SCREENS: tuple[Screen, ...] = (
    entrance,
    entrance_with_errors,
    conversation,
    preview,
    editor,
    deletion,
    rename_with_an_error,
    offline,
    something_new,
)
