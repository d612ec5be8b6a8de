"""What goes out on one connection: at once while its client reads, and within bounds while it does not."""

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from socket import SHUT_RDWR, SO_SNDBUF, SOL_SOCKET
from typing import Any, Final, Literal, TypeAlias

import gevent

# Beyond what the kernel holds. What is told to everybody is the same few bytes for all, however many wait for them.
MAX_WAITING_BYTES: Final = 4 * 1024 * 1024
# The kernel would keep up to 4 MiB for each who does not read, and that for each by itself.
KERNEL_BYTES: Final = 128 * 1024
# A client that takes nothing for so long, though something waits for it, does not read any more.
STALLED_SECONDS: Final = 20.0
WRITABLE: Final = 2

Reason: TypeAlias = Literal["slow", "stalled", "gone", "silent", "flooding"]


class Outgoing:
    """The one way out to a client; nobody who writes ever waits, and what is written leaves whole and in order.

    Args:
        socket: gevent's, of a connection.
        on_cut: Told why the connection was cut off.
    """

    __slots__ = (
        "_first_written",
        "_is_over",
        "_moved_at",
        "_on_cut",
        "_socket",
        "_waiting",
        "_watcher",
        "waiting_bytes",
    )

    def __init__(self, socket: Any, on_cut: Callable[[Reason], object]) -> None:
        socket.setsockopt(SOL_SOCKET, SO_SNDBUF, KERNEL_BYTES)
        self._socket = socket
        self._on_cut = on_cut
        self._waiting: deque[bytes] = deque()
        self._first_written = 0
        self._watcher: Any = None
        self._moved_at = 0.0
        self._is_over = False
        self.waiting_bytes = 0

    def write(self, data: bytes) -> None:
        """Have *data* leave after all that was written before; nothing happens once the connection is over."""
        if self._is_over:
            return
        if self.waiting_bytes:
            self._keep(data)
            return
        try:
            written = self._socket.send(data, 0, 0.0)  # gevent's: without waiting
        except BlockingIOError:
            written = 0
        except OSError:
            self.cut("gone")
            return
        if written < len(data):
            self._first_written = written
            self.waiting_bytes = -written
            self._moved_at = time.monotonic()
            self._watch()
            self._keep(data)

    def check(self, now: float) -> None:
        """Cut the connection off if its client has taken nothing for too long; *now* is of `time.monotonic`."""
        if self.waiting_bytes and now - self._moved_at > STALLED_SECONDS:
            self.cut("stalled")

    def cut(self, reason: Reason) -> None:
        """End the connection, whoever reads on it right now, and drop what waits."""
        if self._is_over:
            return
        self.end()
        with suppress(OSError):
            self._socket.shutdown(SHUT_RDWR)
        self._on_cut(reason)

    def end(self) -> None:
        """Write no more."""
        self._is_over = True
        self._waiting.clear()
        self.waiting_bytes = 0
        if self._watcher is not None:
            self._watcher.stop()
            self._watcher.close()
            self._watcher = None

    def _keep(self, data: bytes) -> None:
        # One write may be larger than that by itself, and its client as fast as any.
        if self.waiting_bytes > MAX_WAITING_BYTES:
            self.cut("slow")
            return
        self._waiting.append(data)
        self.waiting_bytes += len(data)

    def _watch(self) -> None:
        self._watcher = gevent.get_hub().loop.io(self._socket.fileno(), WRITABLE)
        self._watcher.start(self._flush)

    def _flush(self) -> None:
        """Write what the kernel takes; called by the event loop, which must not wait."""
        try:
            while self._waiting:
                self._write_first()
        except BlockingIOError:
            return
        except OSError:
            self.cut("gone")
            return
        self._watcher.stop()
        self._watcher.close()
        self._watcher = None

    def _write_first(self) -> None:
        first = self._waiting[0]
        written = self._socket.send(memoryview(first)[self._first_written :], 0, 0.0)
        self._moved_at = time.monotonic()
        self.waiting_bytes -= written
        self._first_written += written
        if self._first_written == len(first):
            self._waiting.popleft()
            self._first_written = 0
