"""Every screen of the web client is for everybody, whatever their sight, their light and the size of what they hold."""

from itertools import product
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import ViewportSize

from tests.browser.screens import SCREENS, Scene, Screen
from tests.browser.visitor import Visit
from tests.conftest import HOMES
from tests.people import Person
from tests.site import Site
from tools.native.npm import node_modules

PACKAGE = Path(__file__).parent / "axe"
LIGHTS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
TELEPHONE = ViewportSize(width=320, height=640)
WINDOW = ViewportSize(width=1100, height=720)
WIDE = ViewportSize(width=1600, height=900)
# All rules that are on as axe comes, and one of WCAG 2.2 that is not.
LOOK = """async () => {
    const { violations } = await axe.run({ rules: { "target-size": { enabled: true } } });
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}"""
# What is in nobody's reach: out of the window, or under something else, however one scrolls.
UNREACHABLE = """async () => {
    const within = document.querySelector("dialog[open]") ?? document;
    const found = [];
    for (const control of within.querySelectorAll("button, input, textarea, a[href], [tabindex]")) {
        // What is far away is laid out when it comes near, and then moves the rest.
        let isReached = await reach(control);
        for (let tries = 0; tries < 3 && !isReached; tries++) isReached = await reach(control);
        if (!isReached) found.push(control.outerHTML);
    }
    return found;

    async function reach(control) {
        control.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
        // What is only there while one reads further up comes and goes with that.
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        if (!control.checkVisibility()) return true;
        const { x, y, width, height } = control.getClientRects()[0];
        return control.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    }
}"""
# What is too far away to be laid out has the size of another time.
EXCESS_PX = """() => Math.max(...[document.documentElement, ...document.querySelectorAll("main, .log, .log li, dialog")]
    .filter((element) => element.checkVisibility({ contentVisibilityAuto: true }))
    .map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth))"""

every_screen = pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.__name__)


@pytest.fixture(scope="module")
def axe() -> str:
    """What knows the rules."""
    script = node_modules(PACKAGE, HOMES / "axe") / "axe-core" / "axe.min.js"
    return script.read_text(encoding="utf-8")


@pytest.fixture
def scene(visit: Visit, ann: Person, site: Site) -> Scene:
    return Scene(reader=visit(), other=ann, site=site)


@every_screen
def test_nobody_is_kept_out(scene: Scene, screen: Screen, axe: str) -> None:
    screen(scene)
    page = scene.reader.page
    page.evaluate(axe)
    for light, size in product(LIGHTS, (WINDOW, TELEPHONE)):
        page.emulate_media(color_scheme=light)
        page.set_viewport_size(size)
        assert page.evaluate(LOOK) == [], (light, size)


@every_screen
def test_nothing_sticks_out_and_all_is_in_reach(scene: Scene, screen: Screen) -> None:
    screen(scene)
    page = scene.reader.page
    for size in (TELEPHONE, WIDE):
        page.set_viewport_size(size)
        assert page.evaluate(EXCESS_PX) <= 0, size
        assert page.evaluate(UNREACHABLE) == [], size
