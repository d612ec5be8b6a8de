"""What the sandbox is given to run; its process imports this module by name."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from renderer.domain import Rendering

# How long whoever waits for a rendering is frozen.
FROZEN_SECONDS = 2.0
BEGUN_SECONDS = 0.2


def shout(source: str) -> str:
    """Work as it should."""
    return source.upper()


def misbehave(source: str) -> str:
    """Do what the first word of *source* says, or work as it should."""
    kind, _, rest = source.partition(" ")
    return MISDEEDS.get(kind, shout)(rest if kind in MISDEEDS else source)


def _sleep(_rest: str) -> NoReturn:
    while True:
        time.sleep(3600)


def _spin(_rest: str) -> NoReturn:
    while True:
        pass


def _die(_rest: str) -> NoReturn:
    # The pool learns up to a tenth of a second late that work has begun; for all it knows before, it was not tried.
    time.sleep(BEGUN_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def _die_once(marker: str) -> str:
    if not Path(marker).exists():
        Path(marker).touch()
        _die(marker)
    return "survived"


def _freeze_once(marker_and_pid: str) -> str:
    marker, _, pid = marker_and_pid.rpartition(" ")
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(int(pid), signal.SIGSTOP)
        time.sleep(FROZEN_SECONDS)
        os.kill(int(pid), signal.SIGCONT)
        _sleep(marker)
    return "survived"


def _count_and_die(log: str) -> NoReturn:
    with Path(log).open("a") as file:
        file.write("x")
    _die(log)


def _fail(rest: str) -> NoReturn:
    raise ValueError(rest)


def _recurse(rest: str) -> NoReturn:
    _recurse(rest)


def _swallow(_rest: str) -> NoReturn:
    while True:
        try:
            _spin(_rest)
        except Exception:  # noqa: BLE001  # as a library might
            continue


def _meet(mine_and_other: str) -> str:
    mine, _, other = mine_and_other.partition(" ")
    Path(mine).touch()
    while not Path(other).exists():
        time.sleep(0.01)
    return "met"


MISDEEDS: dict[str, Callable[[str], str]] = {
    "sleep": _sleep,
    "spin": _spin,
    "die": _die,
    "die-once": _die_once,
    "freeze-once": _freeze_once,
    "count-and-die": _count_and_die,
    "fail": _fail,
    "recurse": _recurse,
    "swallow": _swallow,
    "meet": _meet,
}


def misrender(source: str) -> Rendering:
    """Misbehave as a rendering does."""
    return Rendering(html=misbehave(source), links=())


def fill_memory(count: int) -> int:
    """Hold so many bytes for a moment."""
    return len(bytearray(count))


def name_niceness(_source: str) -> str:
    """Return how nice the process is."""
    return str(os.nice(0))


def name_process(_source: str) -> str:
    """Return the id of the process that renders."""
    return str(os.getpid())
