"""What Ctrl-C, SIGTERM and SIGHUP mean to the runner."""

import os
import signal
from collections.abc import Callable
from types import FrameType


class StopRequestedError(BaseException):
    """Somebody asked the runner to stop; not an `Exception`, so that nothing on the way swallows it."""


def stop_on_signal(kill_all: Callable[[], object]) -> None:
    """Make the first signal raise `StopRequestedError` in the main thread, and a second Ctrl-C stop at nothing.

    Args:
        kill_all: Ends every child at once.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        _handle_all(be_impatient)
        raise StopRequestedError

    def be_impatient(number: int, _frame: FrameType | None) -> None:
        # A terminal that closes, or a `make` that is told to end, sends more than one signal for one wish.
        if number == signal.SIGINT:
            kill_all()
            os._exit(1)

    _handle_all(stop)


def _handle_all(handler: Callable[[int, FrameType | None], None]) -> None:
    signal.signal(signal.SIGINT, handler)
    signal.signal(signal.SIGTERM, handler)
    # Under nohup, the end of a terminal is to be ignored.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, handler)
