"""Load from wrk, an HTTP client in C that leaves most of the machine to what is measured."""

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.native.programs import find

SCRIPT = Path(__file__).with_suffix(".lua")
RESULT_MARK = "MEASURED "
ANSWER_SECONDS = 30
END_SECONDS = 60.0


class LoadError(Exception):
    """What is measured cannot be measured so, or does not do what it should."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """What is asked.

    Attributes:
        tokens: Of whom, in turn; without any, anonymously.
        pause_ms: How long each connection rests before a request; 0 asks as fast as there are answers.
    """

    url: str
    method: str = "GET"
    body: str | None = None
    tokens: Sequence[str] = ()
    connections: int = 64
    pause_ms: int = 0


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What wrk counted.

    Attributes:
        answers: All of them, errors too.
        errors: Those with a status above 399, and what was not answered at all.
    """

    answers: int
    seconds: float
    errors: int
    p50_ms: float
    p99_ms: float

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return (self.answers - self.errors) / self.seconds


def run(load: Load, *, seconds: int) -> Answers:
    """Ask for *seconds*.

    Raises:
        LoadError: There is no wrk, or it failed.
    """
    wrk = find("wrk")
    if wrk is None:
        raise LoadError("wrk is missing: please install it.")
    options = ["-t1", f"-c{load.connections}", f"-d{seconds}s", f"--timeout={ANSWER_SECONDS}s", "-s", str(SCRIPT)]
    done = subprocess.run(  # noqa: S603 - loads are ours
        [wrk, *options, load.url],
        env=_environment(load),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds + END_SECONDS,
        check=False,
    )
    return parse(done.stdout + done.stderr)


def parse(output: str) -> Answers:
    """Return what wrk, with our script, has printed.

    Raises:
        LoadError: It did not come to an end.
    """
    for line in output.splitlines():
        if line.startswith(RESULT_MARK):
            return Answers(**json.loads(line.removeprefix(RESULT_MARK)))
    raise LoadError(f"wrk failed: {output.strip()}")


def _environment(load: Load) -> dict[str, str]:
    # Not as arguments, which everybody on the machine can read.
    asked = {"METHOD": load.method, "TOKENS": " ".join(load.tokens), "PAUSE_MS": str(load.pause_ms)}
    return {**os.environ, **asked, **({} if load.body is None else {"BODY": load.body})}
