"""What only other services may ask, on a port of its own: what a source becomes, for whoever waits for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Final

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from chassis.bodies import Body, Text, read_body
from chassis.internal import refuse_late
from renderer.domain import Rendering
from renderer.rendering import SLOW_AT_ONCE

# If each takes long there is a process for each.
AT_ONCE: Final = SLOW_AT_ONCE
# Two lanes take up to four seconds, and nobody waits for more than five.
PATIENCE_SECONDS: Final = 1.0


class TooManyRenderingsError(Exception):
    """More sources wait to be rendered than can be in good time."""


class Source(Body):
    """A message in Markdown."""

    source: Text


def create_internal(render: Callable[[str], Rendering]) -> Blueprint:
    """Return `/internal`."""
    internal = Blueprint("internal", __name__)
    places = BoundedSemaphore(AT_ONCE)

    @internal.post("/renderings")
    def post_rendering() -> ResponseReturnValue:
        body = read_body(Source)
        with _one_of(places):
            refuse_late()
            rendering = render(body.source)
        return jsonify(html=rendering.html)

    return internal


@contextmanager
def _one_of(places: BoundedSemaphore) -> Iterator[None]:
    if not places.acquire(timeout=PATIENCE_SECONDS):
        raise TooManyRenderingsError
    try:
        yield
    finally:
        places.release()
