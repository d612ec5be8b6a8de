"""Renders in two lanes, so that a source that takes long delays none that do not."""

import signal
import time
from collections.abc import Callable, Sequence
from functools import partial
from types import FrameType
from typing import Final, NoReturn, TypeAlias

import structlog

from renderer.domain import Rendering, fallback_html, render
from renderer.metrics import RENDERING_SECONDS, RENDERINGS
from renderer.sandbox import DiedError, Sandbox, SandboxBrokenError, TookTooLongError

log = structlog.get_logger(__name__)

# Of processor time, which a busy machine does not use up; hardly a message needs a tenth of it.
QUICK_SECONDS: Final = 0.05
BATCH_SECONDS: Final = 5.0
SLOW_SECONDS: Final = 2.0
SLOW_AT_ONCE: Final = 4
# What takes long lets all others go first.
SLOW_NICENESS: Final = 9

Render: TypeAlias = Callable[[str], Rendering]


class BatchNotRenderedError(Exception):
    """One of several sources makes trouble; each by itself will tell which."""


class Renderer:
    """A process for what is quickly done, and some for what is not.

    Args:
        render: What they run; must be importable by name.
    """

    def __init__(self, render: Render = render) -> None:
        self._render = render
        self._quick = Sandbox()
        self._slow = Sandbox(processes=SLOW_AT_ONCE, niceness=SLOW_NICENESS)

    def render(self, source: str) -> Rendering:
        """Return the rendering of *source*, or its text when that cannot be done; for whoever waits for it.

        Raises:
            SandboxBrokenError: There was no process to render in.
        """
        [rendering] = self.render_quickly([source])
        return rendering or self.render_slowly(source) or as_text(source)

    def render_quickly(self, sources: Sequence[str]) -> list[Rendering | None]:
        """Return the rendering of each source, but None of those that take longer than `QUICK_SECONDS` or fail.

        Raises:
            SandboxBrokenError: There was no process to render in.
            BatchNotRenderedError: One of several brought the process down, or cannot be interrupted.
        """
        began_at = time.monotonic()
        try:
            limit = BATCH_SECONDS if len(sources) > 1 else SLOW_SECONDS
            renderings = self._quick.run(partial(_quickly, self._render), sources, seconds=limit)
        except (TookTooLongError, DiedError) as error:
            if len(sources) > 1:
                raise BatchNotRenderedError(repr(error)) from error
            renderings = [None]
        each_took = (time.monotonic() - began_at) / len(sources)
        for rendering in renderings:
            RENDERINGS.labels("slow" if rendering is None else "quick").inc()
            RENDERING_SECONDS.labels("quick").observe(each_took)
        return renderings

    def render_slowly(self, source: str) -> Rendering | None:
        """Return the rendering of *source*; None when it takes longer than `SLOW_SECONDS` or cannot be rendered.

        Raises:
            SandboxBrokenError: There was no process to render in.
        """
        began_at = time.monotonic()
        try:
            return self._slow.run(self._render, source, seconds=SLOW_SECONDS)
        except SandboxBrokenError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever a source does, its text is shown
            log.warning("rendering_failed", chars=len(source), error=repr(error))
            RENDERINGS.labels("failed").inc()
            return None
        finally:
            RENDERING_SECONDS.labels("slow").observe(time.monotonic() - began_at)

    def close(self) -> None:
        """End the processes."""
        self._quick.close()
        self._slow.close()


def as_text(source: str) -> Rendering:
    """Return what stands for the rendering of a source that cannot be rendered."""
    return Rendering(html=fallback_html(source), links=())


# What follows runs in the sandbox.


class _TooSlowError(BaseException):
    """The time of a source is up; nobody in between may take it for an error of theirs."""


def _quickly(render: Render, sources: Sequence[str]) -> list[Rendering | None]:
    signal.signal(signal.SIGVTALRM, _interrupt)
    return [_one_quickly(render, source) for source in sources]


def _one_quickly(render: Render, source: str) -> Rendering | None:
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, QUICK_SECONDS)
        try:
            return render(source)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except (_TooSlowError, Exception):  # noqa: BLE001  # why it fails is found out where there is time
        return None


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise _TooSlowError
