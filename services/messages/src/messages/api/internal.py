"""What only other services may ask, on a port of its own that the gateway does not know."""

from datetime import datetime
from typing import Any

import orjson
from flask import Blueprint, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from chassis.bodies import read_query
from chassis.clock import Clock
from messages.api.parameters import Place
from messages.cursors import Cursor, encode_cursor
from messages.databases import Databases
from messages.queries.changes import Changes, changes_after
from messages.resources import message_as_json, user_as_json

MAX_LIMIT = 500
# Push sends a page to a client as one answer, and cuts off those for whom too much waits.
MAX_BYTES = 256 * 1024


class ChangesParameters(BaseModel):
    """Where to go on, and how much at a time."""

    cursor: Place | None = None
    limit: int = Field(default=MAX_LIMIT, ge=1, le=MAX_LIMIT)


def create_internal(databases: Databases, clock: Clock) -> Blueprint:
    """Return `/internal`."""
    internal = Blueprint("internal", __name__)

    @internal.get("/changes")
    def get_changes() -> Response:
        query = read_query(ChangesParameters)
        # From the primary: whoever asks may have been told of something that a replica has not seen yet.
        with databases.statements() as session:
            body = page(session, query.cursor, limit=query.limit, now=clock())
        return Response(body, mimetype="application/json")

    return internal


def page(session: Session, cursor: Cursor | None, *, limit: int, now: datetime) -> bytes:
    """Return at most *limit* messages and users after *cursor* as JSON, fewer where they are large."""
    while True:
        body = orjson.dumps(_as_json(changes_after(session, cursor, limit=limit, now=now)))
        if len(body) <= MAX_BYTES or limit == 1:
            return body
        limit = max(1, limit * MAX_BYTES // (2 * len(body)))


def _as_json(changes: Changes) -> dict[str, Any]:
    return {
        "messages": [message_as_json(message) for message in changes.messages],
        "users": [user_as_json(user) for user in changes.users],
        "cursor": encode_cursor(changes.cursor),
        "more": changes.more,
    }
