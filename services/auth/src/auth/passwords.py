"""Argon2id at OWASP's minimum (19 MiB, t=2, p=1), away from the event loop."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from gevent.threadpool import ThreadPool

MEMORY_KIBIBYTES = 19 * 1024
ITERATIONS = 2
LANES = 1
# Each takes a core for tens of milliseconds: more at a time would only make every other request wait.
CONCURRENT_HASHES = 2


class Passwords:
    """Hashes and verifies on gevent's thread pool; whoever comes while it is busy waits in line."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=ITERATIONS, memory_cost=MEMORY_KIBIBYTES, parallelism=LANES)
        self._pool = ThreadPool(CONCURRENT_HASHES)
        self._nobodys_hash = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """Return the hash of *password*, with its parameters and salt."""
        hashed: str = self._pool.apply(self._hasher.hash, (password,))
        return hashed

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether *password* is the one of *password_hash*; None takes as long, and is always false."""
        matches: bool = self._pool.apply(self._verify, (password_hash or self._nobodys_hash, password))
        return matches and bool(password_hash)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return bool(self._hasher.verify(password_hash, password))
        except (VerificationError, InvalidHashError):
            return False
