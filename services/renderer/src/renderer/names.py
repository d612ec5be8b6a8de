"""Host names to addresses, within a deadline, which the system's own resolver does not know."""

import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from ipaddress import ip_address
from typing import Final, TypeAlias

from renderer.addresses import Address
from renderer.limits import UnreachableError

# Raises OSError for a name that is not known.
Resolve: TypeAlias = Callable[[str], Sequence[Address]]
# A server that never answers keeps the system's resolver for half a minute.
MAX_LOOKUPS: Final = 16


def resolve_host(host: str) -> list[Address]:
    """Return the addresses of *host* as the system tells them, without those told twice.

    Raises:
        OSError: It has none, or nobody could tell.
    """
    answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [ip_address(text) for text in dict.fromkeys(str(answer[4][0]) for answer in answers)]


class Names:
    """Resolves up to `MAX_LOOKUPS` names at once, each in a thread that may be left behind."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._free = threading.BoundedSemaphore(MAX_LOOKUPS)

    def addresses_of(self, host: str, *, deadline: float) -> Sequence[Address]:
        """Return at least one address of *host*.

        Args:
            deadline: An instant of `time.monotonic`.

        Raises:
            UnreachableError: There was none, or not in time.
        """
        if not self._free.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise UnreachableError("dns")
        answer: Future[Sequence[Address]] = Future()
        # Not of an executor, whose threads would all have to end before the process may.
        threading.Thread(target=self._look_up, args=(host, answer), daemon=True, name="lookup").start()
        try:
            addresses = answer.result(timeout=max(0.0, deadline - time.monotonic()))
        except (OSError, ValueError) as error:  # a TimeoutError is an OSError
            raise UnreachableError("dns") from error
        if not addresses:
            raise UnreachableError("dns")
        return addresses

    def _look_up(self, host: str, answer: Future[Sequence[Address]]) -> None:
        try:
            answer.set_result(self._resolve(host))
        except Exception as error:  # noqa: BLE001 - it is for whoever waits
            answer.set_exception(error)
        finally:
            self._free.release()
