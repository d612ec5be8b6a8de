"""Finding and ending what a home folder's processes left behind, whoever their parent is now."""

import contextlib
import signal
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import psutil

# Every child carries its home in this variable, and its own children inherit it.
HOME_MARK = "FLACK_NATIVE_HOME"

# PostgreSQL and nginx overwrite their environment with a title; they are known by working in the home.
# By name, because a shell that somebody opened in there is not ours to end.
WORKERS_IN_HOME = frozenset({"postgres", "nginx", "beam.smp", "epmd", "erl_child_setup", "inet_gethost"})

# PostgreSQL's fast shutdown is SIGINT; its SIGTERM waits for clients.
STOP_SIGNALS: Mapping[str, signal.Signals] = MappingProxyType({"postgres": signal.SIGINT})
STOP_SECONDS = 8.0
KILL_SECONDS = 5.0


def end_leftovers(home: Path, *, patience_seconds: float = STOP_SECONDS) -> int:
    """End every process of *home* and return how many there were.

    Args:
        patience_seconds: How long they may take to end by themselves before they are killed.
    """
    found = list(processes_of(home))
    if found and patience_seconds:
        _signal(found)
        psutil.wait_procs(found, timeout=patience_seconds)
    # Looked for again: one that was starting then has children only now.
    remaining = list(processes_of(home))
    for process in remaining:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(remaining, timeout=KILL_SECONDS)
    return len(found)


def processes_of(home: Path) -> Iterator[psutil.Process]:
    """Return the living processes of *home*, and of no other."""
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and _belongs(process, home):
                yield process
        except psutil.Error:  # gone meanwhile, or another user's
            continue


def _belongs(process: psutil.Process, home: Path) -> bool:
    mark = process.environ().get(HOME_MARK)
    if mark and Path(mark).is_relative_to(home):
        return True
    return process.name() in WORKERS_IN_HOME and Path(process.cwd()).is_relative_to(home.resolve())


def _signal(processes: Iterable[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(STOP_SIGNALS.get(process.name(), signal.SIGTERM))
            process.resume()  # a paused process hears nothing
