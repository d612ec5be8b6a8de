"""One fault under load: everybody is there, it happens, it ends, and what came of it is checked."""

import time
from collections.abc import Callable

import requests

from tests.faults.checker import Stored, Verdict, check, longest_unavailability, works_end_to_end
from tests.faults.crowd import Crowd
from tests.faults.feed import history
from tests.faults.load import Load
from tests.faults.table import Row, row_of
from tests.people import eventually

READY_SECONDS = 30.0
WHOLE_SECONDS = 60.0
SETTLED_SECONDS = 60.0
WARM_UP_POSTS = 20


class Trial:
    """What is recorded while a fault comes and goes.

    Args:
        after: The id of the newest message that is not of this load.

    Attributes:
        recovered_in_seconds: From the fault's end until all worked again; None if it never did.
        is_whole: Whether every part came back.
    """

    def __init__(self, base_url: str, load: Load, crowd: Crowd, *, after: int) -> None:
        self.load = load
        self.recovered_in_seconds: float | None = None
        self.is_whole = False
        self._base_url = base_url
        self._crowd = crowd
        self._after = after
        self._began_at = time.monotonic()
        self._ended_at = self._began_at

    def begin(self) -> None:
        """Begin the load, and return once everybody sees what is posted."""
        self.load.start()
        assert eventually(lambda: len(self.load.attempts) >= WARM_UP_POSTS, seconds=READY_SECONDS), "nothing is posted"
        assert eventually(lambda: self._works(since=self._began_at), seconds=READY_SECONDS), "posts are not seen by all"

    def recover(self, is_whole: Callable[[], bool], *, patience_seconds: float) -> None:
        """Call this at the fault's end; ends the load once all works again and *is_whole*, or patience is over.

        Args:
            is_whole: Whether every part is back.
            patience_seconds: More than all may take to work again, so that the table tells how long it took.
        """
        over_at = time.monotonic()
        if wait_for(lambda: self._works(since=over_at), seconds=patience_seconds, every_seconds=0.1):
            self.recovered_in_seconds = time.monotonic() - over_at
        # Parts that come back late do so under load, too.
        self.is_whole = wait_for(is_whole, seconds=WHOLE_SECONDS, every_seconds=0.5)
        self.load.close()
        self._ended_at = time.monotonic()

    def verdict(self) -> Verdict:
        """Let everything settle, and return what is wrong."""
        wait_for(self._is_settled, seconds=SETTLED_SECONDS, every_seconds=1.0)
        return self._check()

    def row(self, fault: str, verdict: Verdict) -> Row:
        """Return what the table says of it."""
        attempts = self.load.attempts
        return row_of(
            fault,
            attempts,
            verdict,
            unavailable_seconds=longest_unavailability(attempts, began_at=self._began_at, ended_at=self._ended_at),
            recovered_in_seconds=self.recovered_in_seconds,
        )

    def _works(self, *, since: float) -> bool:
        return not self._crowd.absent and works_end_to_end(self.load.attempts, self._crowd.seen().values(), since=since)

    def _is_settled(self) -> bool:
        try:
            return self._check().is_good
        except requests.RequestException:
            return False

    def _check(self) -> Verdict:
        stored = [
            Stored(source=message["source"], is_rendered=message["status"] == "rendered")
            for message in history(self._base_url, after=self._after)
        ]
        return check(self.load.attempts, stored, self._crowd.seen())


def wait_for(is_so: Callable[[], bool], *, seconds: float, every_seconds: float) -> bool:
    """Ask again and again until *is_so*; false if that takes too long."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(every_seconds)
    return True
