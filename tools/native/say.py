"""The runner's own words; everything else goes to log files."""

import os
import sys


def say(line: str) -> None:
    """Print *line* at once, whatever standard output is connected to."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        # Nobody listens any more, as in `make run | head -1`: no reason to stop serving, nor to try again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
