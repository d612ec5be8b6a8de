"""`/renderings`: what a message would become, by the renderer of messages."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from chassis.bodies import read_body
from chassis.describing import Access, Answer, Description
from chassis.internal import InternalClient
from messages import shapes
from messages.api.descriptions import Source
from messages.api.writers import Writers
from messages.domain import TooManyWritesError

RENDERED = Answer(meaning="What it would become.", shape=shapes.Rendering)


def create_renderings(writers: Writers, renderer: InternalClient) -> Blueprint:
    """Return the endpoint."""
    renderings = Blueprint("renderings", __name__)

    @renderings.post("")
    @Description(access=Access.BEARER, body=Source, answers=(RENDERED,), problems=(TooManyWritesError,))
    def post() -> ResponseReturnValue:
        """See what a message would become.

        Nothing is posted, and what its links lead to is not looked at. It counts as something written.
        """
        writers.allowed()
        body = read_body(Source)
        answer: shapes.Rendering = {"html": renderer.call("POST", "/renderings", {"source": body.source})["html"]}
        return jsonify(answer)

    return renderings
