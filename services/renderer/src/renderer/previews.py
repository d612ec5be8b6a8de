"""What links lead to."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, Final, Protocol, TypeVar

import structlog
from urllib3.util import Url

from contracts import Preview
from renderer.hosts import HostTurns
from renderer.metrics import PREVIEW_BYTES, PREVIEW_SECONDS, PREVIEWS
from renderer.once import Found, Once
from renderer.outside import Fetched, Outside, UnreachableError
from renderer.pages import Page, read_page
from renderer.robots import may_fetch
from renderer.sandbox import DiedError, SandboxBrokenError, TookTooLongError
from renderer.urls import RefusedError, parse

log = structlog.get_logger(__name__)

DEADLINE_SECONDS: Final = 8.0
READ_SECONDS: Final = 2.0
PAGE_BYTES: Final = 1_000_000
PAGE_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})
ROBOTS_BYTES: Final = 500 * 1024
KEPT_SECONDS: Final = 3600.0
FAILURE_KEPT_SECONDS: Final = 60.0
PAGES_KEPT: Final = 5_000
ROBOTS_BYTES_KEPT: Final = 16_000_000

ResultT = TypeVar("ResultT")


class Run(Protocol):
    """Runs something in a process that can be killed; see `Sandbox.run`."""

    def __call__(self, work: Callable[[Any], ResultT], given: Any, *, seconds: float) -> ResultT: ...


class NoPreviewError(Exception):
    """There is nothing to show of a page.

    Attributes:
        reason: `robots` (they do not want us there), `status` (not 2xx) or `text` (it is none).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Previewer:
    """Looks at pages; at each once an hour at most, and once a minute where that fails.

    Args:
        outside: The way to them.
        turns: Whose turn it is.
        run: Where they are read.
    """

    def __init__(self, outside: Outside, turns: HostTurns, run: Run) -> None:
        self._outside = outside
        self._turns = turns
        self._run = run
        self._pages: Once[Preview | None] = Once(room=PAGES_KEPT)
        self._robots: Once[bytes | None] = Once(room=ROBOTS_BYTES_KEPT, size_of=lambda robots: len(robots or b"") + 100)

    def preview_all(self, urls: Sequence[str]) -> list[Preview]:
        """Return what *urls* lead to, side by side; of those that cannot be looked at there is nothing.

        Raises:
            SandboxBrokenError: There was no process to read a page in.
        """
        found = [(url, self._begin(page)) for url in urls if (page := _page_of(url))]
        return [replace(preview, url=url) for url, each in found if (preview := _unless_busy(each))]

    def _begin(self, page: Url) -> Future[Found[Preview | None]]:
        def look() -> Found[Preview | None]:
            return self._look_at(page.url)

        return self._pages.begin(page.url, lambda: self._turns.submit(page.host or "", look))

    def _look_at(self, url: str) -> Found[Preview | None]:
        with PREVIEW_SECONDS.time():
            try:
                found, outcome = self._preview_of(url, time.monotonic() + DEADLINE_SECONDS), "found"
            except (RefusedError, NoPreviewError, UnreachableError) as error:
                found, outcome = None, error.reason
            except (TookTooLongError, DiedError):
                found, outcome = None, "unreadable"
            except SandboxBrokenError:
                raise
            except Exception:
                log.exception("link_failed")
                found, outcome = None, "fault"
        PREVIEWS.labels(outcome).inc()
        log.info("link_looked_at", outcome=outcome)
        return Found(found, KEPT_SECONDS if found else FAILURE_KEPT_SECONDS)

    def _preview_of(self, url: str, deadline: float) -> Preview:
        page_of = self._outside.fetch(
            url,
            types=PAGE_TYPES,
            max_bytes=PAGE_BYTES,
            deadline=deadline,
            before_each=lambda hop: self._ask_robots(hop, deadline),
        )
        _count(page_of)
        if not _is_success(page_of):
            raise NoPreviewError("status")
        page = self._run(_read, page_of, seconds=READ_SECONDS)
        if page is None:
            raise NoPreviewError("text")
        return Preview(
            url=url,
            title=page.title,
            description=page.description,
            site_name=page.site_name,
            image_url=self._checked(page.image_url, deadline),
        )

    def _ask_robots(self, url: str, deadline: float) -> None:
        parts = parse(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        try:
            robots = self._robots.get(
                origin,
                lambda: self._fetch_robots(f"{origin}/robots.txt", deadline),
                timeout_seconds=max(0.0, deadline - time.monotonic()),
            )
        except TimeoutError as error:
            raise NoPreviewError("robots") from error
        if robots is None or not self._run(_is_allowed, (robots, url), seconds=READ_SECONDS):
            raise NoPreviewError("robots")

    def _fetch_robots(self, url: str, deadline: float) -> Found[bytes | None]:
        """Return what a site says about robots: nothing where there is no such file, None if it cannot be known.

        RFC 9309, 2.3.1: what is unavailable (4xx) allows everything, what is unreachable (5xx) nothing.
        """
        fetched = self._outside.fetch(url, types=None, max_bytes=ROBOTS_BYTES, deadline=deadline)
        _count(fetched)
        if _is_success(fetched):
            return Found(fetched.body, KEPT_SECONDS)
        is_unavailable = 400 <= fetched.status < 500  # noqa: PLR2004
        return Found(b"", KEPT_SECONDS) if is_unavailable else Found(None, FAILURE_KEPT_SECONDS)

    def _checked(self, image_url: str | None, deadline: float) -> str | None:
        """Return the address of an image, which nobody here will load, if a page there might be looked at."""
        try:
            if image_url:
                self._outside.check(image_url, deadline=deadline)
        except (RefusedError, UnreachableError):
            return None
        return image_url


def _unless_busy(found: Future[Found[Preview | None]]) -> Preview | None:
    try:
        return found.result().value
    except RefusedError as error:  # it was not its turn in time
        PREVIEWS.labels(error.reason).inc()
        return None


def _page_of(url: str) -> Url | None:
    """Return what is asked for when somebody links to *url*; None if a rule forbids it without a look at addresses."""
    try:
        return parse(url)
    except RefusedError as error:
        PREVIEWS.labels(error.reason).inc()
        return None


def _is_success(fetched: Fetched) -> bool:
    return 200 <= fetched.status < 300  # noqa: PLR2004


def _count(fetched: Fetched) -> None:
    PREVIEW_BYTES.inc(len(fetched.body))


# What follows runs in the sandbox.


def _read(fetched: Fetched) -> Page | None:
    return read_page(fetched.body, fetched.content_type, fetched.url)


def _is_allowed(robots_and_url: tuple[bytes, str]) -> bool:
    return may_fetch(*robots_and_url)
