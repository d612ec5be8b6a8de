"""All processes of one home: started in stages, watched, and stopped in the reverse order."""

import time
from collections.abc import Iterable

from tools.native.errors import NativeError
from tools.native.home import Home
from tools.native.leftovers import end_leftovers
from tools.native.limits import raise_open_files
from tools.native.process import READY_SECONDS, Process, Program
from tools.native.say import say
from tools.native.supervisor import Supervisor


class Fleet:
    """The processes of *home*."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._stages: list[list[Process]] = []
        self._supervisor = Supervisor(say)

    @property
    def failure(self) -> str | None:
        """Why keeping them running was given up; None while all is well."""
        return self._supervisor.failure

    def claim(self, *, fresh: bool = False) -> None:
        """Make the home this process's own, and end what a killed runner left in it.

        Args:
            fresh: Whether to forget the data of earlier runs.

        Raises:
            HomeTakenError: Another runner has it.
        """
        self.home.claim()
        self._stages, self._supervisor = [], Supervisor(say)
        if ended := end_leftovers(self.home.path):
            say(f"Ended {ended} processes that an earlier run had left behind.")
        if fresh:
            self.home.empty()
        raise_open_files()

    def launch(self, programs: Iterable[Program]) -> None:
        """Start *programs* at the same time, without waiting for them."""
        stage = [Process(program, log_path=self.home.logs / f"{program.name}.log") for program in programs]
        self._stages.append(stage)
        for process in stage:
            process.start()

    def process(self, name: str) -> Process:
        """Return the process called *name*.

        Raises:
            NativeError: There is none.
        """
        for process in self._all():
            if process.name == name:
                return process
        raise NativeError(f"There is no process called {name}.")

    def wait_ready(self) -> None:
        """Return once all that were launched are ready; from then on they are kept running.

        Raises:
            NotReadyError: One ended, or was not ready in time.
        """
        deadline = time.monotonic() + READY_SECONDS
        for process in self._all():
            process.wait_ready(max(0.0, deadline - time.monotonic()))
        for process in self._all():
            self._supervisor.watch(process)

    def stop(self) -> None:
        """Stop all, the last stage first, and leave the home to others."""
        self.home.announce_stop()
        self._supervisor.stop()
        for stage in reversed(self._stages):
            for process in stage:
                process.ask_to_stop()
            for process in stage:
                process.stop()
        end_leftovers(self.home.path, patience_seconds=0)
        self.home.release()

    def _all(self) -> list[Process]:
        return [process for stage in self._stages for process in stage]
