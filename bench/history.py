"""How smoothly the web client goes back through thousands of messages.

`python -m bench.history [URL]` looks at the system at URL, or at one that it starts for itself. It scrolls to the first
message and back, and prints how often the page was busy for so long that people notice, and for how long: long tasks as
browsers count them, of 50 ms and more.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.people import Person
from tools.native import Stack

MESSAGES: Final = 5000
AT_ONCE: Final = 8
WHEEL_PX: Final = 3000
MOST_TURNS: Final = 5000
PATIENCE_MS: Final = 30_000
HOME: Final = Path(__file__).parents[1] / ".flack" / "bench"
RECORD_LONG_TASKS: Final = """(() => {
    window.longTasks = [];
    const note = (list) => longTasks.push(...list.getEntries().map(({ duration }) => duration));
    new PerformanceObserver(note).observe({ type: "longtask", buffered: true });
})()"""
FORGET: Final = "() => longTasks.splice(0)"
LAST_IS_SHOWN: Final = "() => document.querySelector('[role=log]').scrollTop >= -1"
COUNT: Final = "() => document.querySelectorAll('[data-message]').length"


def fill(base_url: str) -> None:
    """Post the messages, which are of several lines and several people."""
    writers = [Person(base_url) for _ in range(AT_ONCE)]

    def write(writer: Person) -> None:
        for number in range(MESSAGES // AT_ONCE):
            writer.post(f"**message** {number}\n\n- of [many](http://flack.invalid)\n- `{writer.nickname}`")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(write, writers))


def turn_wheel(page: Page, pixels: int, until: str) -> float:
    """Turn the wheel until the script *until* is true; return how many seconds that took."""
    page.get_by_role("log").hover()
    began = time.perf_counter()
    for _ in range(MOST_TURNS):
        if page.evaluate(until):
            return time.perf_counter() - began
        page.mouse.wheel(0, pixels)
    raise TimeoutError(f"the end was not in sight after {MOST_TURNS} turns of the wheel")


def look(page: Page, base_url: str) -> None:
    """Go back to the first message and forth again, and print what was slow."""
    page.add_init_script(RECORD_LONG_TASKS)
    page.goto(base_url)
    expect(page.locator("[data-message]").last).to_be_visible(timeout=PATIENCE_MS)
    report("opened", page.evaluate(FORGET))
    up = turn_wheel(page, -WHEEL_PX, f"() => ({COUNT})() >= {MESSAGES}")
    report(f"{page.evaluate(COUNT)} messages, up in {up:.0f} s", page.evaluate(FORGET))
    down = turn_wheel(page, WHEEL_PX, LAST_IS_SHOWN)
    report(f"and down in {down:.0f} s", page.evaluate(FORGET))


def report(what: str, long_tasks: list[float]) -> None:
    print(f"{what}: {len(long_tasks)} long tasks, the longest {max(long_tasks, default=0):.0f} ms")


def measure(base_url: str) -> None:
    fill(base_url)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        look(chromium.new_page(), base_url)
        chromium.close()


def main(arguments: list[str]) -> None:
    """Measure the given system, or one of our own."""
    if arguments:
        return measure(arguments[0])
    with Stack(HOME, environment={"RATE_LIMITS_ENABLED": "false"}, fresh=True) as stack:
        return measure(stack.base_url)


if __name__ == "__main__":
    main(sys.argv[1:])
