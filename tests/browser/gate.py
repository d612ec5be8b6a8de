"""What keeps requests of a page back."""

from playwright.sync_api import Page, Route

from tests.people import eventually


class Gate:
    """Keeps the requests to what *pattern* matches, until it is told what to do with each."""

    def __init__(self, page: Page, pattern: str) -> None:
        self._kept: list[Route] = []
        self._page = page
        self._pattern = pattern
        page.route(pattern, self._keep)

    def next(self) -> Route:
        """Return the request that waits, once there is one."""
        # Playwright hears of requests while the page is asked for something.
        assert eventually(lambda: self._page.title() != "" and self._kept != [])
        return self._kept.pop(0)

    @property
    def is_free(self) -> bool:
        """Whether no request waits."""
        return not self._kept

    def open(self) -> None:
        """Keep no more."""
        self._page.unroute(self._pattern)

    def _keep(self, route: Route) -> None:
        self._kept.append(route)
