"""The Docker engine: the one that answers, or else one that is started here and outlives this process."""

import contextlib
import fcntl
import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

from tools.native.logfile import open_log, tail_of
from tools.native.programs import SERVER_FOLDERS, find
from tools.native.say import say
from tools.native.services import ROOT
from tools.standins import packages
from tools.standins.commands import answer_of
from tools.standins.errors import MissingPackageError, StandInError

LOG = ROOT / ".flack" / "dockerd.log"
# Of the machine, as the engine is: any clone may stop it. Gone after a boot, as the engine is.
NOTE = Path("/run/flack-engine.json")
LOCK = Path("/run/flack-engine.lock")
PROGRAMS: Mapping[str, str] = {"dockerd": "docker.io", "iptables": "iptables"}
START_SECONDS = 60.0
# dockerd gives its containers 15 s.
STOP_SECONDS = 60.0
POLL_SECONDS = 0.2


def start_engine() -> None:
    """Return once a Docker engine answers.

    Raises:
        StandInError: None does, and none can be started here.
    """
    if _answers():
        return
    if os.geteuid() != 0:
        raise MissingPackageError(f"No Docker engine answers. {packages.advice_on(['docker.io'])}")
    with _alone():
        if not _answers():
            _install_missing()
            _launch()


def stop_engine() -> None:
    """Stop the engine that `start_engine` started, and return once it is gone.

    Raises:
        StandInError: It does not end, or is another user's.
    """
    engine = started_engine()
    if engine is None:
        say("No Docker engine was started here; nothing is stopped.")
        return
    say("Stopping the Docker engine ...")
    try:
        engine.terminate()
    except psutil.AccessDenied:
        raise StandInError("The Docker engine was started by root; only root can stop it.") from None
    _wait_for_end(engine)
    NOTE.unlink(missing_ok=True)


def started_engine() -> psutil.Process | None:
    """Return the living engine that `start_engine` started, or None."""
    try:
        note = json.loads(NOTE.read_text(encoding="utf-8"))
        process = psutil.Process(note["pid"])
        # A process id is given out again; the time of birth tells whether this is still the same process.
        return process if process.create_time() == note["created_at"] and not _is_over(process) else None
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return None


def _answers() -> bool:
    return answer_of("docker", "version", "--format", "{{.Server.Version}}") is not None


def _install_missing() -> None:
    missing = [package for program, package in PROGRAMS.items() if not find(program)]
    if missing:
        packages.install(missing)
    # Debian 13 has the client in a package of its own.
    if not find("docker"):
        packages.install(["docker-cli"])


def _launch() -> None:
    say("Starting the Docker engine ...")
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *SERVER_FOLDERS))
    with open_log(LOG) as log:
        child = subprocess.Popen(
            ["dockerd", "--log-level=warn"],
            cwd="/",
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    created_at = psutil.Process(child.pid).create_time()
    NOTE.write_text(json.dumps({"pid": child.pid, "created_at": created_at}), encoding="utf-8")
    _wait_for_answer(child)


def _wait_for_answer(child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    try:
        while not _answers() and child.poll() is None and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        is_up = _answers()
    except BaseException:  # somebody asked this process to stop
        _give_up(child)
        raise
    if not is_up:
        _give_up(child)
        raise StandInError(f"The Docker engine did not start; the end of {LOG}:\n{tail_of(LOG)}")


def _give_up(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(STOP_SECONDS)
    child.kill()
    child.wait()
    NOTE.unlink(missing_ok=True)


def _wait_for_end(engine: psutil.Process) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while not _is_over(engine):
        if time.monotonic() > deadline:
            raise StandInError(f"The Docker engine (process {engine.pid}) does not end; see {LOG}")
        time.sleep(POLL_SECONDS)


def _is_over(process: psutil.Process) -> bool:
    # In a container, the first process may never collect the dead.
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@contextmanager
def _alone() -> Iterator[None]:
    """Keep others from starting an engine at the same time; whoever holds this is bound by deadlines."""
    with LOCK.open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
