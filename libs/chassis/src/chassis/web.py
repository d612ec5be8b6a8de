"""What every Flask application of Flack has: ids, metrics, health, problems, limits."""

import hashlib
import re
import time
from http import HTTPMethod, HTTPStatus
from typing import Any
from uuid import uuid4

import orjson
import structlog
from flask import Flask, Response, g, request
from flask.json.provider import JSONProvider
from werkzeug.exceptions import NotFound, PreconditionFailed
from werkzeug.routing import BaseConverter

from chassis.bodies import MAX_BODY_BYTES
from chassis.health import Checks, Health, create_health
from chassis.metrics import HTTP_REQUESTS, HTTP_SECONDS
from chassis.problems import ProblemTable, answer_http, register_problems

log = structlog.get_logger(__name__)

MAX_ID = 2**63 - 1  # what Postgres keeps in a bigint
METHODS = frozenset(HTTPMethod)
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


class IdConverter(BaseConverter):
    """The `id` of a path: `/users/<id:user_id>`; whatever no row can have is no such path."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        """Return *value* as a number.

        Raises:
            NotFound: It does not fit into a bigint. (After a ValidationError, werkzeug would look for other methods
                of the same path, and answer 405.)
        """
        number = int(value)
        if number > MAX_ID:
            raise NotFound
        return number


class OrjsonProvider(JSONProvider):
    """JSON by orjson, which takes a fraction of the time."""

    def dumps(self, obj: Any, **_options: Any) -> str:
        """Return *obj* as JSON text."""
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        """Return what the JSON text *s* says."""
        return orjson.loads(s)


def base_app(name: str, *, checks: Checks, problems: ProblemTable) -> Flask:
    """Return an application without endpoints but those of its health.

    Args:
        checks: What the process needs to be ready.
        problems: How its own errors are answered.
    """
    app = Flask(name, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.json = OrjsonProvider(app)
    app.url_map.strict_slashes = False
    app.url_map.converters["id"] = IdConverter
    app.before_request(_begin)
    app.after_request(_end)  # the last one added comes first
    app.after_request(_spare_what_is_known)
    register_problems(app, problems)
    health = Health(checks)
    app.extensions["health"] = health
    # What a web process does after its last request, in a second or two.
    app.extensions["finishing"] = []
    app.register_blueprint(create_health(health))
    return app


def tag_of(content: bytes) -> str:
    """Return what tells whether two answers are the same (RFC 9110 section 8.8.3)."""
    return hashlib.blake2b(content, digest_size=12).hexdigest()


def _spare_what_is_known(response: Response) -> Response:
    """Give what was read an ETag, and send nothing more to a client who has it already."""
    if request.method in {"GET", "HEAD"} and response.status_code == HTTPStatus.OK and response.is_json:
        if "ETag" not in response.headers:
            response.set_etag(tag_of(response.get_data()), weak=True)
        if request.if_match and not request.if_match.star_tag:  # which no weak tag matches (RFC 9110, 13.1.1)
            return answer_http(PreconditionFailed())
        if request.if_none_match.contains_weak(response.get_etag()[0] or ""):
            response.status_code = HTTPStatus.NOT_MODIFIED
    return response


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    request_id = given if REQUEST_ID.fullmatch(given) else str(uuid4())
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id, correlation_id=request_id)
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.began
    view = request.endpoint or "unknown"
    # Clients may make up methods; each that is counted stays in memory.
    method = request.method if request.method in METHODS else "OTHER"
    HTTP_REQUESTS.labels(method, view, response.status_code).inc()
    HTTP_SECONDS.labels(method, view).observe(seconds)
    if view.startswith("health."):
        return response
    tell = log.error if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR else log.info
    tell("answered", method=request.method, view=view, status=response.status_code, seconds=round(seconds, 4))
    return response
