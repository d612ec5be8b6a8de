"""`python -m tools.native`: run Flack in the foreground until Ctrl-C."""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tools.native.environment import passed_on
from tools.native.errors import NativeError
from tools.native.install import install_missing
from tools.native.leftovers import end_leftovers
from tools.native.ports import gateway_port_choice
from tools.native.say import say
from tools.native.services import ROOT
from tools.native.signals import StopRequestedError, stop_on_signal
from tools.native.stack import Stack

HOME = ROOT / ".flack" / "run"
LOOK_SECONDS = 0.2


def main() -> None:
    """Do what the command line says.

    Raises:
        NativeError: It cannot be done.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.native", description="Run Flack on this machine.")
    parser.add_argument("--install-only", action="store_true", help="install what is missing, and run nothing")
    parser.add_argument("--browser", action="store_true", help="install a browser too, for the tests")
    parser.add_argument("--compiler", action="store_true", help="install a C compiler too, for the tests")
    parser.add_argument("--load", action="store_true", help="install what makes load too, for the benchmarks")
    parser.add_argument("--while-parent-lives", action="store_true", help="stop when the calling process is gone")
    arguments = parser.parse_args()
    stop_on_signal(lambda: end_leftovers(HOME, patience_seconds=0))
    is_orphan = _orphan_check() if arguments.while_parent_lives else lambda: False
    install_missing(with_browser=arguments.browser, with_compiler=arguments.compiler, with_load=arguments.load)
    if not arguments.install_only:
        run(HOME, is_orphan)


def run(home: Path, is_orphan: Callable[[], bool]) -> None:
    """Run everything until a signal ends it.

    Raises:
        NativeError: It could not start, or could not go on.
    """
    stack = Stack(home, gateway_port=gateway_port_choice(os.environ, say), environment=passed_on(os.environ))
    with stack:
        say(f"Flack is ready at {stack.base_url}")
        _wait(stack, is_orphan)


def _wait(stack: Stack, is_orphan: Callable[[], bool]) -> None:
    while not is_orphan():
        if stack.failure:
            raise NativeError(stack.failure)
        time.sleep(LOOK_SECONDS)


def _orphan_check() -> Callable[[], bool]:
    """Return what tells whether the process that started this one, `make` as a rule, is gone."""
    parent = os.getppid()
    return lambda: os.getppid() != parent


if __name__ == "__main__":
    try:
        main()
    except NativeError as error:
        sys.exit(str(error))
    except StopRequestedError:
        say("Flack has stopped.")
