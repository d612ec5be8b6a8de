"""The processes of the renderer."""

import os
import sys

from renderer.bootstrap import run_preview, run_render

if __name__ == "__main__":  # the processes of the sandbox import this module too
    match sys.argv[1:]:
        case ["render"]:
            run_render(os.environ)
        case ["preview"]:
            run_preview(os.environ)
        case _:
            sys.exit("usage: python -m renderer render | preview")
