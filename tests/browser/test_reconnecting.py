"""How the page gets its connection back, whatever is wrong with it."""

from collections.abc import Callable
from secrets import token_hex

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.browser.clock import elapse_until, now_ms, time_standing_still
from tests.browser.shown import SOCKET, banner, state
from tests.browser.visitor import Visit, Visitor
from tests.outages.line import Line
from tests.people import Person, eventually

# When, by the time of the page, it began to connect.
RECORD_ATTEMPTS = """(() => {
    window.attempts = [];
    const note = (url) => /socket\\.io\\/(?!.*sid=)/.test(url) && attempts.push(Date.now());
    const open = XMLHttpRequest.prototype.open;
    XMLHttpRequest.prototype.open = function (...given) { note(given[1]); return open.apply(this, given); };
    window.WebSocket = class extends WebSocket { constructor(...given) { super(...given); note(given[0]); } };
})()"""
# The limits of the page.
FIRST_DELAY_MS = 1000
STEADY_MS = 10_000
CONNECT_MS = 10_000
SILENT_MS = 20_000
WATCH_MS = 5000
ANSWER_MS = 10_000
# An event is noticed by a test one step of the clock later.
STEP_MS = 1


def close(socket: WebSocketRoute) -> None:
    """Let a link end as soon as it has come about."""
    socket.close()


def keep(_socket: WebSocketRoute) -> None:
    """Let a link come about, and nothing through it."""


@pytest.fixture
def timed(distant: Visitor) -> Visitor:
    """Somebody at the end of a line, whose clock can be stopped."""
    distant.page.clock.install()
    distant.page.add_init_script(RECORD_ATTEMPTS)
    distant.arrive()
    return distant


def attempts(visitor: Visitor) -> list[float]:
    """Return when it has tried to connect."""
    made: list[float] = visitor.page.evaluate("() => attempts")
    return made


def forget_attempts(visitor: Visitor) -> None:
    visitor.page.evaluate("() => { attempts.length = 0; }")


def is_answer(frame: str | bytes) -> bool:
    """Whether it acknowledges what the page asked."""
    return str(frame).startswith("43")


def break_link(visitor: Visitor, line: Line) -> None:
    """Break the link once; the next one would last."""
    forget_attempts(visitor)
    line.interrupt()
    elapse_until(visitor.page, lambda: state(visitor).inner_text() == "Offline", step_ms=STEP_MS)


def delay_after_break(visitor: Visitor, line: Line) -> float:
    """Break the link, let time pass until there is another, and return how many milliseconds it took to try."""
    break_link(visitor, line)
    lost_at = now_ms(visitor.page)
    elapse_until(visitor.page, lambda: attempts(visitor) != [], step_ms=100)
    expect(state(visitor)).to_have_text("Live")
    return attempts(visitor)[0] - lost_at + STEP_MS


def test_the_more_often_a_link_breaks_at_once_the_longer_it_waits(timed: Visitor, line: Line) -> None:
    with time_standing_still(timed.page):
        for failures in range(5):
            longest = FIRST_DELAY_MS * 2**failures
            assert longest / 2 <= delay_after_break(timed, line) <= longest + STEP_MS


def test_only_a_link_that_stayed_up_has_it_try_soon_again(timed: Visitor, line: Line) -> None:
    with time_standing_still(timed.page):
        for _ in range(3):
            delay_after_break(timed, line)
        timed.page.clock.run_for(STEADY_MS - 1000)
        assert delay_after_break(timed, line) >= 4 * FIRST_DELAY_MS
        timed.page.clock.run_for(STEADY_MS)
        assert delay_after_break(timed, line) <= FIRST_DELAY_MS + STEP_MS


def test_a_loss_is_told_once_it_lasts_and_who_cannot_wait_tries_now(timed: Visitor, line: Line) -> None:
    with time_standing_still(timed.page):
        for _ in range(2):
            delay_after_break(timed, line)
        break_link(timed, line)
        timed.page.clock.run_for(1000)
        assert not banner(timed).is_visible()
        timed.page.clock.run_for(800)
        expect(banner(timed)).to_be_visible()
        assert attempts(timed) == []
        timed.press("Try now")
        expect(state(timed)).to_have_text("Live")
        expect(banner(timed)).to_be_hidden()


def test_a_websocket_that_is_dead_without_a_word_is_replaced(timed: Visitor, line: Line, ann: Person) -> None:
    words = f"unheard {token_hex(6)}"
    with time_standing_still(timed.page):
        forget_attempts(timed)
        line.go_dead()
        ann.post(words)
        timed.page.clock.run_for(SILENT_MS + WATCH_MS + ANSWER_MS + FIRST_DELAY_MS)
        assert attempts(timed) != []
    expect(timed.log.get_by_text(words)).to_be_visible(timeout=3 * CONNECT_MS)


def test_polls_that_are_dead_without_a_word_are_replaced(timed: Visitor, line: Line, ann: Person) -> None:
    timed.page.route_web_socket(SOCKET, close)
    timed.arrive()
    words = f"unheard {token_hex(6)}"
    with time_standing_still(timed.page):
        forget_attempts(timed)
        line.go_dead()
        ann.post(words)
        timed.page.clock.run_for(SILENT_MS + WATCH_MS + ANSWER_MS + FIRST_DELAY_MS)
        assert attempts(timed) != []
        line.interrupt()  # the browser would try the other connections that it has kept first, which are as dead
    expect(timed.log.get_by_text(words)).to_be_visible(timeout=3 * CONNECT_MS)


def test_a_link_on_which_nothing_happens_is_asked_and_left_alone(timed: Visitor) -> None:
    with timed.page.expect_websocket() as opened:
        timed.arrive()
    with time_standing_still(timed.page):
        forget_attempts(timed)
        with opened.value.expect_event("framereceived", is_answer):
            timed.page.clock.run_for(SILENT_MS + WATCH_MS)
        timed.page.clock.run_for(ANSWER_MS)
        assert attempts(timed) == []
        assert state(timed).inner_text() == "Live"


def test_a_try_that_leads_nowhere_is_given_up_when_the_device_is_online_again(timed: Visitor) -> None:
    with time_standing_still(timed.page):
        forget_attempts(timed)
        timed.context.set_offline(offline=True)
        elapse_until(timed.page, lambda: attempts(timed) != [], step_ms=100)
        timed.context.set_offline(offline=False)
        expect(state(timed)).to_have_text("Live")


@pytest.mark.parametrize("obstruct", [close, keep])
def test_where_websockets_do_not_get_through_all_is_live_by_polling(
    visit: Visit, ann: Person, obstruct: Callable[[WebSocketRoute], None]
) -> None:
    reader = visit()
    tried: list[WebSocketRoute] = []

    def join(socket: WebSocketRoute) -> None:
        tried.append(socket)
        obstruct(socket)

    reader.page.route_web_socket(SOCKET, join)
    reader.page.clock.install()
    reader.page.goto("/")
    expect(state(reader)).to_have_text("Connecting…")
    # Playwright hears of sockets while the page is asked for something.
    assert eventually(lambda: reader.page.title() != "" and tried != [])
    reader.page.clock.run_for(CONNECT_MS + FIRST_DELAY_MS)
    expect(state(reader)).to_have_text("Live")
    words = f"live all the same {token_hex(6)}"
    ann.post(words)
    expect(reader.log.get_by_text(words)).to_be_visible()
