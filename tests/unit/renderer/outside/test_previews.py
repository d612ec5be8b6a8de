"""A page is looked at once, if its owner lets robots; what cannot be shown is left out."""

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from contracts import Preview
from renderer.hosts import HostTurns
from renderer.outside import Outside
from renderer.previews import Previewer
from renderer.sandbox import Sandbox
from tests.people import eventually
from tests.unit.renderer.outside.strangers import Stranger, ok, redirect

PAGE = b"<title>A page</title><meta property='og:image' content='http://%s/'>"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()


@pytest.fixture
def previewer(outside: Outside, sandbox: Sandbox) -> Iterator[Previewer]:
    """It knows nothing yet."""
    turns = HostTurns()
    yield Previewer(outside, turns, sandbox.run)
    turns.close()


class Site:
    """What a stranger answers, by path."""

    def __init__(self, stranger: Stranger) -> None:
        self._stranger = stranger
        self.pages = {"/": ok(PAGE % b"example.com")}
        self.robots: Iterable[bytes] | str = status("404 Not Found")
        self.go_on = threading.Event()
        self.go_on.set()
        stranger.answer = self.answer

    def answer(self, path: str) -> Iterable[bytes]:
        if path == "/robots.txt":
            return ok(self.robots.encode(), kind="text/plain") if isinstance(self.robots, str) else self.robots
        self.go_on.wait(20)
        return self.pages.get(path, ok(PAGE % b"example.com"))

    def url(self, path: str = "/") -> str:
        return f"{self._stranger.url}{path}"

    @property
    def asked(self) -> list[str]:
        """The paths that were asked for, in their order."""
        return [head.split(" ")[1] for head in self._stranger.heads]


def status(line: str) -> Iterator[bytes]:
    yield f"HTTP/1.1 {line}\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.fixture
def site(stranger: Stranger) -> Site:
    return Site(stranger)


def test_a_page_is_shown_under_the_address_that_the_message_has(previewer: Previewer, site: Site) -> None:
    site.pages["/old"] = redirect("/")
    [shown] = previewer.preview_all([site.url("/old")])
    assert shown == Preview(url=site.url("/old"), title="A page", image_url="http://example.com/")


def test_a_page_is_asked_for_once_by_however_many(previewer: Previewer, site: Site) -> None:
    site.go_on.clear()
    with ThreadPoolExecutor(5) as threads:
        asking = [threads.submit(previewer.preview_all, [site.url()]) for _ in range(5)]
        assert eventually(lambda: "/" in site.asked)
        site.go_on.set()
        assert {each.result(20)[0].title for each in asking} == {"A page"}
    previewer.preview_all([site.url()])
    assert site.asked == ["/robots.txt", "/"]


def test_places_of_a_page_are_one_page(previewer: Previewer, site: Site) -> None:
    links = [site.url("/#one"), site.url("/#two"), site.url("/").upper().replace("HTTP", "http")]
    assert [shown.url for shown in previewer.preview_all(links)] == links
    assert site.asked == ["/robots.txt", "/"]


def test_of_several_links_those_that_work_are_shown_in_their_order(previewer: Previewer, site: Site) -> None:
    site.pages["/gone"] = status("404 Not Found")
    site.pages["/broken"] = iter([b"no HTTP"])
    site.pages["/picture"] = ok(b"\x89PNG\r\n\x1a\n", kind="image/png")
    site.pages["/disguised"] = ok(b"\x89PNG\r\n\x1a\n\0\0", kind="text/html")
    paths = ["/a", "/gone", "/broken", "/picture", "/disguised", "/b"]
    links = [*map(site.url, paths), "http://127.0.0.1/", "ftp://example.com/", "http://[", "http://x:y@example.com/"]
    assert [shown.url for shown in previewer.preview_all(links)] == [site.url("/a"), site.url("/b")]


def test_what_failed_is_not_asked_for_again_at_once(previewer: Previewer, site: Site) -> None:
    site.pages["/gone"] = status("404 Not Found")
    assert previewer.preview_all([site.url("/gone")]) == []
    assert previewer.preview_all([site.url("/gone")]) == []
    assert site.asked.count("/gone") == 1


@pytest.mark.parametrize("robots", ["User-agent: *\nDisallow: /", "User-agent: flackbot\nDisallow: /"])
def test_where_robots_are_not_wanted_nothing_is_asked_for(previewer: Previewer, site: Site, robots: str) -> None:
    site.robots = robots
    assert previewer.preview_all([site.url()]) == []
    assert site.asked == ["/robots.txt"]


def test_a_redirect_leads_nowhere_where_robots_are_not_wanted(previewer: Previewer, site: Site) -> None:
    site.robots = "User-agent: *\nDisallow: /private"
    site.pages["/public"] = redirect("/private")
    assert previewer.preview_all([site.url("/public")]) == []
    assert site.asked == ["/robots.txt", "/public"]


@pytest.mark.parametrize(("line", "is_shown"), [("403 Forbidden", True), ("404 Not Found", True), ("503 Oh", False)])
def test_who_says_nothing_about_robots_wants_them_unless_that_is_a_fault(
    previewer: Previewer, site: Site, line: str, *, is_shown: bool
) -> None:
    site.robots = status(line)
    assert bool(previewer.preview_all([site.url()])) is is_shown


@pytest.mark.parametrize("address", [b"127.0.0.1", b"169.254.169.254", b"metadata.google.internal", b"10.0.0.1.nip.io"])
def test_an_image_at_an_address_that_is_not_public_is_left_out(
    previewer: Previewer, site: Site, address: bytes
) -> None:
    site.pages["/"] = ok(PAGE % address)
    assert previewer.preview_all([site.url()]) == [Preview(url=site.url(), title="A page")]


def test_images_are_never_asked_for(previewer: Previewer, site: Site) -> None:
    site.pages["/"] = ok(PAGE % site.url("/cat.png").removeprefix("http://").encode())
    [shown] = previewer.preview_all([site.url()])
    assert shown.image_url == f"{site.url('/cat.png')}/"
    assert site.asked == ["/robots.txt", "/"]


def test_a_fault_of_ours_costs_one_link_and_nothing_else(
    outside: Outside, sandbox: Sandbox, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = outside.check

    def fail(url: str, *, deadline: float) -> None:
        if "broken" in url:
            raise ZeroDivisionError
        check(url, deadline=deadline)

    monkeypatch.setattr(outside, "check", fail)
    site.pages["/bad"] = ok(PAGE % b"broken.example")
    turns = HostTurns()
    shown = Previewer(outside, turns, sandbox.run).preview_all([site.url("/bad"), site.url()])
    turns.close()
    assert [each.url for each in shown] == [site.url()]
