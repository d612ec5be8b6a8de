"""What strangers write is text: it runs nothing, loads nothing and leads to no script."""

from secrets import token_hex

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visit, Visitor, is_violation, message_id

HOSTILE_MESSAGES = (
    "<script>fired = 1</script>",
    "<sCrIpT src=//evil.example/x.js></ScRiPt>",
    "<img src=x onerror=fired=1>",
    "<svg/onload=fired=1>",
    "<svg><script>fired&#61;1</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=fired=1></style></mglyph></table></mtext></math>",
    "<iframe srcdoc='<script>parent.fired=1</script>'></iframe>",
    "<object data='javascript:fired=1'></object>",
    "<details open ontoggle=fired=1>x</details>",
    "<input autofocus onfocus=fired=1>",
    "<style>@import '//evil.example/x.css';</style>",
    '<div style="background:url(//evil.example/)">x</div>',
    "<i id=fired>x</i>",
    '<noscript><p title="</noscript><img src=x onerror=fired=1>"></noscript>',
    '![x](x"onerror="fired=1)',
    '```"><img src=x onerror=fired=1>\ncode\n```',
    "[x](javascript:alert(1)) [y](JaVa\tScRiPt:alert(1)) [z](data:text/html,<script>alert(1)</script>)",
    '[x](http://x" onmouseover="fired=1) <javascript:alert(1)>',
    '<meta http-equiv="refresh" content="0;url=//evil.example/">',
)
# Room is left for what makes them unique: a nickname has at most 32 characters.
HOSTILE_NICKNAMES = (
    "<img src=x onerror=fired=1>",
    "<svg/onload=fired=1>",
    "<script>fired=1</script>",
    "<i id=fired>",
    '" onclick="fired=1',
    "&lt;b&gt;${fired=1}",
)
# What the hostile messages try to leave in the page, whether or not it does anything there.
HARMFUL = """
    script, style, svg, math, img, iframe, object, meta, input,
    [id], [style], [onload], [onerror], [ontoggle], [onfocus], [onmouseover],
    a[href]:not([href^="http:"], [href^="https:"], [href^="mailto:"])
"""


@pytest.fixture(scope="module")
def mallory(stay: Visit) -> Visitor:
    """Somebody who means harm."""
    visitor = stay()
    visitor.register()
    return visitor


@pytest.fixture(scope="module")
def reader(stay: Visit) -> Visitor:
    """Somebody who looks on."""
    return stay()


@pytest.mark.parametrize("source", HOSTILE_MESSAGES)
def test_a_hostile_message_runs_nothing(mallory: Visitor, reader: Visitor, source: str) -> None:
    number = message_id(mallory.post(source))
    check_message(mallory, number)
    check_message(reader, number)
    reader.arrive()  # once more: now it comes with the list
    check_message(reader, number)


@pytest.mark.parametrize("attempt", HOSTILE_NICKNAMES)
def test_a_hostile_nickname_is_text(visit: Visit, reader: Visitor, attempt: str) -> None:
    nickname = attempt + token_hex(8)[: 32 - len(attempt)]
    mallory = visit()
    mallory.register(nickname)
    number = message_id(mallory.post("hello"))
    for looking in (mallory, reader, visit()):
        expect(looking.message(number).locator(".name")).to_have_text(nickname)
        people = looking.page.get_by_role("list", name="People")
        expect(people.get_by_text(nickname, exact=True)).to_be_visible()
        assert looking.all_troubles() == []


def test_what_slipped_through_all_the_same_would_be_kept_from_running(visit: Visit) -> None:
    visitor = visit()
    with visitor.page.expect_console_message(is_violation):
        visitor.page.evaluate("""() => document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=fired=1>")""")
    assert any("script-src" in trouble for trouble in visitor.all_troubles())
    assert not any(trouble.startswith("fired") for trouble in visitor.all_troubles())
    visitor.troubles.clear()


def check_message(reader: Visitor, number: int) -> None:
    """Fail if the message, once rendered, did anything or has something in it that could."""
    message = reader.message(number)
    expect(message).to_have_attribute("data-status", "rendered")
    expect(message.locator(".body").locator(HARMFUL)).to_have_count(0)
    message.hover()
    assert reader.all_troubles() == []
