"""The processes of the renderer."""

import os
import sys

from renderer.bootstrap import run_render

if __name__ == "__main__":  # the rendering process imports this module too
    match sys.argv[1:]:
        case ["render"]:
            run_render(os.environ)
        case _:
            sys.exit("usage: python -m renderer render")
