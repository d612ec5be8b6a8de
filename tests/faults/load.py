"""A steady load of posts, whatever the answers take, and a few reads beside it."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import requests
from requests.adapters import HTTPAdapter

from tests.faults.attempts import Attempt, Request

POSTS_PER_SECOND = 20
POSTS_PER_READ = 10
# A connection and an answer may each take as long.
DEADLINE_SECONDS = 10.0
# What can be under way when nothing is answered any more, and some room.
MOST_AT_ONCE = 500


class Author(Protocol):
    """Somebody who may post."""

    id: int
    token: str


class Load:
    """Posts by several people at a fixed pace; none is ever sent again.

    Args:
        authors: Who posts, one after the other.
        sources: What they post.
    """

    def __init__(self, base_url: str, authors: Sequence[Author], sources: Iterator[str]) -> None:
        self._base_url = base_url
        self._authors = itertools.cycle(authors)
        self._sources = sources
        self._paths = itertools.cycle(["/api/v1/messages?limit=20", f"/api/v1/users/{authors[0].id}", "/"])
        self._http = requests.Session()
        self._http.mount("http://", HTTPAdapter(pool_maxsize=MOST_AT_ONCE))
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE)
        self._free = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._enough = threading.Event()
        self._pace = threading.Thread(target=self._keep_pace, name="load", daemon=True)
        self._attempts: list[Attempt] = []
        self._reads: list[Request] = []

    @property
    def attempts(self) -> Sequence[Attempt]:
        """The posts that have ended so far."""
        return tuple(self._attempts)

    @property
    def requests(self) -> Sequence[Request]:
        """The posts and reads that have ended so far."""
        return *self._attempts, *self._reads

    def start(self) -> None:
        """Begin."""
        self._pace.start()

    def close(self) -> None:
        """Send nothing more, and wait until all that was sent has ended; harmless if it was stopped before."""
        self._enough.set()
        if self._pace.ident is not None:
            self._pace.join()
        self._threads.shutdown()
        self._http.close()

    def _keep_pace(self) -> None:
        began = time.monotonic()
        for number in itertools.count(1):
            self._begin(self._post, next(self._authors), next(self._sources))
            if number % POSTS_PER_READ == 0:
                self._begin(self._read, next(self._paths))
            if self._enough.wait(max(0.0, began + number / POSTS_PER_SECOND - time.monotonic())):
                return

    def _begin(self, send: Callable[..., None], *arguments: Any) -> None:
        if not self._free.acquire(blocking=False):
            raise RuntimeError(f"{MOST_AT_ONCE} requests are under way: the load cannot keep its pace")
        self._threads.submit(send, *arguments).add_done_callback(lambda _done: self._free.release())

    def _post(self, author: Author, source: str) -> None:
        began_at = time.monotonic()
        status = self._send("POST", "/api/v1/messages", author.token, {"source": source})
        ended_at = time.monotonic()
        self._attempts.append(Attempt(name="POST", source=source, began_at=began_at, ended_at=ended_at, status=status))

    def _read(self, path: str) -> None:
        began_at = time.monotonic()
        status = self._send("GET", path)
        self._reads.append(Request(name=f"GET {path}", began_at=began_at, ended_at=time.monotonic(), status=status))

    def _send(self, method: str, path: str, token: str = "", body: object = None) -> int | None:
        headers = {"Authorization": f"Bearer {token}"}
        try:
            answer = self._http.request(
                method, f"{self._base_url}{path}", json=body, headers=headers, timeout=DEADLINE_SECONDS
            )
        except requests.RequestException:
            return None
        return answer.status_code
