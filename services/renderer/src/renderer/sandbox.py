"""Runs what strangers have a say in, in processes of its own: they are killed when they take too long."""

import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from concurrent.futures import TimeoutError as TimedOutError
from threading import Lock
from typing import Any, Final, TypeVar

import structlog
from pebble import ProcessExpired, ProcessPool

log = structlog.get_logger(__name__)

TRIES: Final = 2
# How long it takes at most to kill a process that takes too long.
KILL_SECONDS: Final = 2.0
# How often whoever waits makes sure that there is something to wait for.
WATCH_SECONDS: Final = 0.5
MEMORY_BYTES: Final = 256 * 1024 * 1024
# What every process runs; loaded once, in the one that they are forked from.
PRELOADED: Final = ("renderer.rendering", "renderer.pages", "renderer.robots")

ResultT = TypeVar("ResultT")


class SandboxBrokenError(Exception):
    """There is no process to run anything in right now; this says nothing about what was to be run."""


class TookTooLongError(Exception):
    """It was not done in time."""


class DiedError(Exception):
    """It brought its process down, each time it was tried."""


class Sandbox:
    """So many processes, each of which does one thing at a time.

    Args:
        memory_bytes: Of address space that each may have.
        niceness: How far they let others go first, the process that they belong to included.
    """

    def __init__(self, *, processes: int = 1, memory_bytes: int = MEMORY_BYTES, niceness: int = 0) -> None:
        self._processes = processes
        self._limits = (memory_bytes, niceness)
        self._renewing = Lock()
        self._pool = self._create_pool()

    def run(self, work: Callable[[Any], ResultT], given: Any, *, seconds: float) -> ResultT:
        """Return `work(given)`, or raise what it raises.

        Args:
            work: Must be importable by name.

        Raises:
            TookTooLongError: It was killed after *seconds*.
            DiedError: Its process died.
            SandboxBrokenError: For all we know it was not even tried; new processes are ready for the next time.
        """
        failure: Exception = DiedError()
        for _ in range(TRIES):
            began_at = time.monotonic()
            pool = self._pool
            try:
                result: ResultT = _watched(pool, pool.schedule(work, args=(given,), timeout=seconds))
            except TimedOutError as error:
                failure = TookTooLongError(f"{seconds} s")
                # If it was much longer we were frozen, all of us; that says nothing about what was run.
                if time.monotonic() - began_at <= seconds + KILL_SECONDS:
                    raise failure from error
            except ProcessExpired as error:
                # Perhaps it brought its process down, perhaps something from outside did.
                log.warning("sandboxed_process_died", error=str(error))
                failure = DiedError(str(error))
            except Exception as error:
                self._renew_if_broken(pool, error)
                raise
            else:
                return result
        raise failure

    def close(self) -> None:
        """End the processes."""
        self._pool.stop()
        self._pool.join()

    def _renew_if_broken(self, pool: ProcessPool, error: Exception) -> None:
        if pool.active:
            return
        with self._renewing:
            if self._pool is pool:
                log.warning("sandbox_broken", error=repr(error))
                self.close()
                self._pool = self._create_pool()
        raise SandboxBrokenError(repr(error)) from error

    def _create_pool(self) -> ProcessPool:
        # Forked from a server without threads or connections.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(list(PRELOADED))
        pool = ProcessPool(self._processes, context=context, initializer=_confine, initargs=self._limits)
        pool.schedule(str)  # does nothing, but starts them before anybody waits
        return pool


def _watched(pool: ProcessPool, future: Future[ResultT]) -> ResultT:
    """Return the result of *future*, of which *pool* may never tell if it breaks, or is closed, just now."""
    while wait([future], timeout=WATCH_SECONDS).not_done:
        if not pool.active and not future.done():
            raise SandboxBrokenError
    return future.result()


def _confine(memory_bytes: int, niceness: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(niceness)
