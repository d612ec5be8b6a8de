"""Renders in a process of its own, which is killed when it takes too long."""

import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as TookTooLongError
from functools import partial
from typing import Any, Final

import structlog
from pebble import ProcessExpired, ProcessPool

from renderer.domain import fallback_html, to_html

log = structlog.get_logger(__name__)

RENDER_SECONDS: Final = 2.0
TRIES: Final = 2
# How long it takes at most to kill a process that takes too long.
KILL_SECONDS: Final = 2.0


class SandboxBrokenError(Exception):
    """There is no process to render in right now; this says nothing about the source."""


class BatchNotRenderedError(Exception):
    """One of several sources makes trouble; each by itself will tell which."""


class Sandbox:
    """One process that renders one source after the other.

    Args:
        render: What it runs; must be importable by name.
    """

    def __init__(self, render: Callable[[str], str] = to_html) -> None:
        self._render = render
        self._pool = _create_pool()

    def render(self, source: str) -> str:
        """Return the HTML of *source*; its escaped text when it takes too long or cannot be rendered.

        Raises:
            SandboxBrokenError: It was not even tried; a new process is ready for the next time.
        """
        for _ in range(TRIES):
            began_at = time.monotonic()
            try:
                return str(self._run(self._render, source))
            except TookTooLongError:
                if time.monotonic() - began_at > RENDER_SECONDS + KILL_SECONDS:
                    continue  # we were frozen for a while, all of us; that says nothing about the source
                log.warning("rendering_killed", seconds=RENDER_SECONDS, chars=len(source))
                break
            except ProcessExpired as error:
                # Perhaps this source brought it down, perhaps something from outside did.
                log.warning("rendering_process_died", error=str(error))
            except Exception as error:
                self._renew_if_broken(error)
                log.exception("rendering_failed", chars=len(source))
                break
        return fallback_html(source)

    def render_all(self, sources: Sequence[str]) -> list[str]:
        """Return the HTML of each source, as `render` does; several are rendered in the time of one.

        Raises:
            SandboxBrokenError: There was no process to render in.
            BatchNotRenderedError: They took too long together, or one of them cannot be rendered.
        """
        if len(sources) == 1:
            return [self.render(sources[0])]
        try:
            each: list[str] = self._run(partial(_render_each, self._render), sources)
        except Exception as error:
            self._renew_if_broken(error)
            raise BatchNotRenderedError(repr(error)) from error
        return each

    def close(self) -> None:
        """End the process."""
        self._pool.stop()
        self._pool.join()

    def _run(self, work: Callable[[Any], Any], given: Any) -> Any:
        return self._pool.schedule(work, args=(given,), timeout=RENDER_SECONDS).result()

    def _renew_if_broken(self, error: Exception) -> None:
        if not self._pool.active:
            log.warning("rendering_pool_broken", error=repr(error))
            self.close()
            self._pool = _create_pool()
            raise SandboxBrokenError(repr(error)) from error


def _render_each(render: Callable[[str], str], sources: Sequence[str]) -> list[str]:
    return [render(source) for source in sources]


def _create_pool() -> ProcessPool:
    # Forked from a server without threads or connections, which has the renderer loaded already.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["renderer.domain"])
    pool = ProcessPool(max_workers=1, context=context)
    pool.schedule(str)  # does nothing, but starts the process before the first message needs it
    return pool
