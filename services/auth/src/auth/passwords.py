"""Argon2id at OWASP's minimum (19 MiB, t=2, p=1), away from the event loop."""

import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from gevent.threadpool import ThreadPool

MEMORY_KIBIBYTES = 19 * 1024
ITERATIONS = 2
LANES = 1
# Each takes a core for tens of milliseconds: more at a time would only make every other request wait.
CONCURRENT_HASHES = 2
# The last of them waits for two seconds or so.
MAX_WAITING = 100

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class TooManyPasswordsError(Exception):
    """More passwords wait to be hashed than can be in good time."""


class Passwords:
    """Hashes and verifies on gevent's thread pool; whoever comes while it is busy waits in line.

    Every call raises `TooManyPasswordsError` where the line is too long already.
    """

    def __init__(self, *, iterations: int = ITERATIONS) -> None:
        self._hasher = PasswordHasher(time_cost=iterations, memory_cost=MEMORY_KIBIBYTES, parallelism=LANES)
        self._pool = ThreadPool(CONCURRENT_HASHES)
        self._places = threading.BoundedSemaphore(CONCURRENT_HASHES + MAX_WAITING)
        self._nobodys_hash = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """Return the hash of *password*, with its parameters and salt."""
        return self._in_line(self._hash, password)

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether *password* is the one of *password_hash*; None takes as long, and is always false."""
        return self._in_line(self._verify, password_hash or self._nobodys_hash, password) and bool(password_hash)

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made at another cost than hashes are made at now."""
        return bool(self._hasher.check_needs_rehash(password_hash))

    def _hash(self, password: str) -> str:
        return str(self._hasher.hash(password))

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return bool(self._hasher.verify(password_hash, password))
        except (VerificationError, InvalidHashError):
            return False

    def _in_line(
        self, do: Callable[Arguments, Result], *arguments: Arguments.args, **options: Arguments.kwargs
    ) -> Result:
        if not self._places.acquire(blocking=False):
            raise TooManyPasswordsError
        try:
            result: Result = self._pool.apply(do, arguments, options)
        finally:
            self._places.release()
        return result
