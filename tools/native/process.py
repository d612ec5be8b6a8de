"""One supervised process: started in a session of its own, so that no terminal and no sibling reaches it."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tools.native.errors import NotReadyError
from tools.native.logfile import open_log, tail_of

READY_SECONDS = 60.0
POLL_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run.

    Attributes:
        environment: All of its environment; nothing is inherited.
        is_ready: Whether it can do its work; asked again and again until it says yes.
        prepare: Called before every start, for what a crash may have left behind.
        stop_seconds: How long it may take to end by itself.
    """

    name: str
    command: Sequence[str]
    folder: Path
    is_ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], object] = lambda: None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0


class Process:
    """A program that runs, or is meant to.

    Attributes:
        is_wanted: False once it was stopped on purpose: the supervisor leaves it alone then.
    """

    def __init__(self, program: Program, *, log_path: Path) -> None:
        self.program = program
        self.name = program.name
        self.log_path = log_path
        self.is_wanted = False
        self._child: subprocess.Popen[bytes] | None = None
        self._changing = threading.RLock()

    @property
    def is_running(self) -> bool:
        """Whether its first process lives."""
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int | None:
        """The process id, which is its group's and session's id too; None before the first start."""
        return self._child.pid if self._child else None

    @property
    def exit_status(self) -> int | None:
        """How it ended, negative for a signal; None while it runs or before it ever did."""
        return self._child.poll() if self._child else None

    def start(self) -> None:
        """Start it unless it runs; `wait_ready` tells when it is of use."""
        with self._changing:
            if not self.is_running:
                self._launch()
            # Only now: until it runs, its absence is no crash to the supervisor.
            self.is_wanted = True

    def restart_if_wanted(self) -> None:
        """Start it again unless it was stopped on purpose meanwhile."""
        with self._changing:
            if self.is_wanted:
                self.start()

    def wait_ready(self, timeout_seconds: float = READY_SECONDS) -> None:
        """Return once it is ready.

        Raises:
            NotReadyError: It ended, or was not ready in time; the last lines of its log are in the message.
        """
        deadline = time.monotonic() + timeout_seconds
        while not self.program.is_ready():
            if not self.is_running:
                raise NotReadyError(self._obituary(f"{self.name} ended with status {self.exit_status}"))
            if time.monotonic() > deadline:
                raise NotReadyError(self._obituary(f"{self.name} is not ready"))
            time.sleep(POLL_SECONDS)

    def ask_to_stop(self) -> None:
        """Begin a stop that `stop` completes, so that many can stop at the same time."""
        with self._changing:
            self.is_wanted = False
            self._signal(self.program.stop_signal)

    def stop(self) -> None:
        """Stop it on purpose: its stop signal, then SIGKILL for whatever is left of it."""
        self.ask_to_stop()
        if self._child:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(self.program.stop_seconds)
        self.kill()

    def kill(self) -> None:
        """SIGKILL to all of its group, on purpose; returns when its first process is gone."""
        with self._changing:
            self.is_wanted = False
            self._kill_group()

    def pause(self) -> None:
        """Freeze it and its children, as a machine that hangs would."""
        for process in self._family():
            process.suspend()

    def resume(self) -> None:
        """Let a paused process and its children go on."""
        for process in self._family():
            process.resume()

    def _launch(self) -> None:
        self._kill_group()
        self.program.prepare()
        with open_log(self.log_path) as log:
            self._child = subprocess.Popen(
                self.program.command,
                cwd=self.program.folder,
                env=dict(self.program.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _kill_group(self) -> None:
        if self._child:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._child and self.is_running:
            self._child.send_signal(number)

    def _family(self) -> list[psutil.Process]:
        # Not the group: PostgreSQL's children are groups of their own.
        leader = psutil.Process(self.pid)
        return [leader, *leader.children(recursive=True)]

    def _obituary(self, what: str) -> str:
        return f"{what}; the end of {self.log_path}:\n{tail_of(self.log_path)}"
