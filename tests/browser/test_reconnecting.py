"""How the page gets its connection back, whatever is wrong with it."""

import re
from collections.abc import Callable
from secrets import token_hex
from typing import Literal

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.browser.clock import elapse_until, now_ms, time_standing_still
from tests.browser.shown import SOCKET, banner, state
from tests.browser.visitor import Visit, Visitor
from tests.outages.line import Line
from tests.people import Person, eventually

# When, by the time of the page, it began to connect, and what went over its WebSockets.
RECORD = """(() => {
    Object.assign(window, {attempts: [], said: [], heard: []});
    const note = (url) => /socket\\.io\\/(?!.*sid=)/.test(url) && attempts.push(Date.now());
    const open = XMLHttpRequest.prototype.open;
    XMLHttpRequest.prototype.open = function (...given) { note(given[1]); return open.apply(this, given); };
    window.WebSocket = class extends WebSocket {
        constructor(...given) {
            super(...given);
            note(given[0]);
            this.addEventListener("message", ({data}) => heard.push(data));
        }
        send(data) { said.push(data); super.send(data); }
    };
})()"""
# The limits of the page.
FIRST_DELAY_MS = 1000
STEADY_MS = 10_000
CONNECT_MS = 10_000
SILENT_MS = 20_000
WATCH_MS = 5000
ANSWER_MS = 10_000
ASKED = re.compile(r'42\d+\["ping_user"\]')
SIGN_OF_LIFE = re.compile(r'43\d+\[\{"ok":true\}\]')
PROBED = "3probe"  # a WebSocket's answer, after which it takes over from polling
# An event is noticed by a test one step of the clock later.
STEP_MS = 1


def close(socket: WebSocketRoute) -> None:
    """Let a link end as soon as it has come about."""
    socket.close()


def keep(_socket: WebSocketRoute) -> None:
    """Let a link come about, and nothing through it."""


def break_upgrade(socket: WebSocketRoute, broken: list[WebSocketRoute]) -> None:
    """Let a link that begins by polling come as far as its WebSocket, break that when it is to take over; note it."""
    server = socket.connect_to_server()

    def pass_on(frame: str | bytes) -> None:
        socket.send(frame)
        if frame == PROBED:
            socket.close()
            broken.append(socket)

    server.on_message(pass_on)


@pytest.fixture
def timed(distant: Visitor) -> Visitor:
    """Somebody at the end of a line, whose clock can be stopped."""
    distant.page.clock.install()
    distant.page.add_init_script(RECORD)
    distant.arrive()
    return distant


def attempts(visitor: Visitor) -> list[float]:
    """Return when it has tried to connect."""
    made: list[float] = visitor.page.evaluate("() => attempts")
    return made


def forget_attempts(visitor: Visitor) -> None:
    visitor.page.evaluate("() => { attempts.length = 0; }")


def has(visitor: Visitor, kind: Literal["said", "heard"], pattern: re.Pattern[str]) -> bool:
    """Whether a frame that it has said or heard is as *pattern* says."""
    return any(pattern.fullmatch(str(frame)) for frame in visitor.page.evaluate(kind))


def break_link(visitor: Visitor, line: Line) -> None:
    """Break the link; the next one would last."""

    def is_lost() -> bool:
        line.interrupt()  # once is not enough before it is a WebSocket: the browser asks again by itself
        return state(visitor).inner_text() == "Offline"

    forget_attempts(visitor)
    elapse_until(visitor.page, is_lost, step_ms=STEP_MS)


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


def test_a_link_whose_websocket_breaks_when_it_is_to_take_over_is_replaced_at_once(timed: Visitor, line: Line) -> None:
    broken: list[WebSocketRoute] = []
    timed.page.route_web_socket(SOCKET, lambda socket: break_upgrade(socket, broken))
    timed.arrive()
    with time_standing_still(timed.page):
        break_link(timed, line)
        elapse_until(timed.page, lambda: attempts(timed) != [], step_ms=100)
        assert eventually(lambda: timed.page.title() != "" and broken != [])
        forget_attempts(timed)
        broken_at = now_ms(timed.page)
        elapse_until(timed.page, lambda: attempts(timed) != [], step_ms=100)
        assert attempts(timed)[0] - broken_at < SILENT_MS


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
    with time_standing_still(timed.page):
        forget_attempts(timed)
        elapse_until(timed.page, lambda: has(timed, "said", ASKED), step_ms=1000)
        assert eventually(lambda: has(timed, "heard", SIGN_OF_LIFE))
        timed.page.clock.run_for(ANSWER_MS + FIRST_DELAY_MS)
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
