"""Starting again what ended unexpectedly, up to a point."""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable

from tools.native.errors import NativeError
from tools.native.process import Process

WATCH_SECONDS = 0.1
MAX_EXITS = 5
EXITS_WITHIN_SECONDS = 60.0
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0


class Exits:
    """Counts one process's unexpected ends, and says what follows from them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._recent: deque[float] = deque()

    def add(self) -> None:
        """Note one more."""
        now = self._clock()
        self._recent.append(now)
        while self._recent[0] < now - EXITS_WITHIN_SECONDS:
            self._recent.popleft()

    @property
    def are_too_many(self) -> bool:
        """Whether trying again is hopeless."""
        return len(self._recent) > MAX_EXITS

    @property
    def pause_seconds(self) -> float:
        """How long to wait before the next try."""
        return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** (len(self._recent) - 1))


class Supervisor:
    """Watches processes from a thread of its own.

    Attributes:
        failure: Why it gave up, in one line; None while all is well.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.failure: str | None = None
        self._tell = tell
        self._watched: list[Process] = []
        self._exits: defaultdict[str, Exits] = defaultdict(Exits)
        self._due_at: dict[str, float] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def watch(self, process: Process) -> None:
        """Keep *process* running from now on."""
        self._watched.append(process)
        if not self._thread.ident:
            self._thread.start()

    def stop(self) -> None:
        """Restart nothing any more."""
        self._stopping.set()
        if self._thread.ident:
            self._thread.join()

    def _run(self) -> None:
        while not self.failure and not self._stopping.wait(WATCH_SECONDS):
            for process in tuple(self._watched):
                self._look_after_safely(process)

    def _look_after_safely(self, process: Process) -> None:
        try:
            self._look_after(process)
        except (NativeError, OSError) as error:
            self.failure = f"{process.name} cannot be started again: {error}"

    def _look_after(self, process: Process) -> None:
        if not process.is_wanted or process.is_running:
            self._due_at.pop(process.name, None)
        elif process.name not in self._due_at:
            self._mourn(process)
        elif time.monotonic() >= self._due_at[process.name]:
            del self._due_at[process.name]
            process.restart_if_wanted()

    def _mourn(self, process: Process) -> None:
        exits = self._exits[process.name]
        exits.add()
        ended = f"{process.name} ended with status {process.exit_status}"
        if exits.are_too_many:
            self.failure = f"{ended}, too often to go on; see {process.log_path}"
            return
        self._tell(f"{ended}; starting it again in {exits.pause_seconds:.1f} s.")
        self._due_at[process.name] = time.monotonic() + exits.pause_seconds
