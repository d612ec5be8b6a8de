"""Running programs: each has a deadline, and none leaves children behind when it is given up."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tools.native.logfile import open_log, tail_of
from tools.native.services import ROOT
from tools.standins.errors import CommandFailedError

LOG = ROOT / ".flack" / "stand-ins.log"
ANSWER_SECONDS = 20.0
PAUSE_SECONDS = 2.0


def answer_of(*command: str | Path, seconds: float = ANSWER_SECONDS) -> str | None:
    """Return what *command* prints; None if it fails, is not there or takes longer than *seconds*."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, check=False, text=True, timeout=seconds
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def run(
    *command: str | Path,
    seconds: float,
    attempts: int = 1,
    environment: Mapping[str, str] | None = None,
    folder: Path = ROOT,
    prepare: Callable[[], object] = lambda: None,
    may_be_broken_off: bool = True,
) -> None:
    """Run *command*, with what it prints in the log.

    Args:
        seconds: How long each attempt may take.
        attempts: How often it is tried, for what depends on a network.
        environment: Variables beside those of this process.
        prepare: Called before every attempt, for what the one before it may have left behind.
        may_be_broken_off: False for what would leave the machine half changed: a stop waits for its end.

    Raises:
        CommandFailedError: The last attempt failed too; the end of the log is in the message.
    """
    for attempt in range(attempts):
        if attempt:
            time.sleep(PAUSE_SECONDS)
        prepare()
        with open_log(LOG) as log:
            child = subprocess.Popen(
                command,
                cwd=folder,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if _succeeds(child, seconds, may_be_broken_off=may_be_broken_off):
            return
    raise CommandFailedError(f"{_title_of(command)} failed; the end of {LOG}:\n{tail_of(LOG)}")


def _title_of(command: Sequence[str | Path]) -> str:
    return " ".join([str(word) for word in command if not str(word).startswith("-")][:2])


def _succeeds(child: subprocess.Popen[bytes], seconds: float, *, may_be_broken_off: bool) -> bool:
    try:
        return child.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        return False
    except BaseException:  # somebody asked this process to stop
        if not may_be_broken_off:
            child.wait(seconds)
        raise
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
