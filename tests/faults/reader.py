"""Somebody without a socket."""

import threading

import requests

from tests.faults.board import Board
from tests.faults.feed import Feed

PAUSE_SECONDS = 0.5
JOIN_SECONDS = 15.0


class Reader:
    """Follows the cursor by asking again and again."""

    name = "reader"

    def __init__(self, base_url: str, *, cursor: str | None) -> None:
        self.board = Board()
        self.is_current = False
        self._feed = Feed(base_url, cursor)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Begin to read no more."""
        self._stopping.set()

    def join(self) -> None:
        """Wait until it has ended, or has had its time."""
        self._thread.join(JOIN_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.board.merge(self._feed.read())
                self.is_current = True
            except requests.RequestException:
                self.is_current = False
            self._stopping.wait(PAUSE_SECONDS)
