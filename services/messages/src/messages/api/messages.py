"""`/messages`."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from pydantic import Field, ValidationInfo, field_validator
from sqlalchemy.orm import Session, sessionmaker

from chassis.bodies import Body, Text, read_body, read_query
from chassis.callers import Callers
from chassis.clock import Clock
from messages.api.parameters import Id, ListParameters, link_to_next
from messages.commands.messages import edit_message, post_message
from messages.cursors import encode_cursor
from messages.domain import MAX_SOURCE_CHARS
from messages.models import Message
from messages.queries.messages import follow_messages, history, list_messages, message_of
from messages.queries.pages import Page, since
from messages.resources import API, message_as_json, task_url


class Source(Body):
    """A message in Markdown."""

    source: Annotated[Text, Field(min_length=1, max_length=MAX_SOURCE_CHARS)]


class MessageParameters(ListParameters):
    """Which messages: what changed lately or after a cursor or, with `before`, the history before a message."""

    user_id: Id | None = None
    before: Id | None = None

    @field_validator("before")
    @classmethod
    def _one_way(cls, before: int | None, info: ValidationInfo) -> int | None:
        """Refuse two directions at once."""
        if before is not None and info.data.get("cursor"):
            raise ValueError("does not go with cursor")
        return before


def read_messages(session: Session, query: MessageParameters, now: datetime) -> Page[Message]:
    """Return the page that *query* asks for."""
    if query.cursor is not None:
        return follow_messages(session, cursor=query.cursor, user_id=query.user_id, limit=query.limit)
    if query.before is not None:
        return history(session, before=query.before, user_id=query.user_id, limit=query.limit)
    recent = since(query.updated_since, now)
    return list_messages(session, updated_since=recent, user_id=query.user_id, limit=query.limit)


def next_place(page: Page[Message], query: MessageParameters, cursor: str) -> dict[str, str | int]:
    """Return the parameter that asks for what follows on *page*, which has rows."""
    return {"cursor": cursor} if query.before is None else {"before": page.rows[0].id}


def create_messages(sessions: sessionmaker[Session], callers: Callers, clock: Clock) -> Blueprint:
    """Return the endpoints."""
    messages = Blueprint("messages", __name__)

    @messages.post("")
    def post() -> ResponseReturnValue:
        caller = callers.required()
        body = read_body(Source)
        with sessions.begin() as session:
            message, task = post_message(session, author_id=caller.user_id, source=body.source, now=clock())
            answer = message_as_json(message)
        return jsonify(answer), HTTPStatus.ACCEPTED, {"Location": task_url(task)}

    @messages.put("/<id:message_id>")
    def edit(message_id: int) -> ResponseReturnValue:
        caller = callers.required()
        body = read_body(Source)
        with sessions.begin() as session:
            message, task = edit_message(
                session, message_id=message_id, editor_id=caller.user_id, source=body.source, now=clock()
            )
            answer = message_as_json(message)
        return jsonify(answer), HTTPStatus.ACCEPTED, {"Location": task_url(task)}

    @messages.get("")
    def index() -> ResponseReturnValue:
        callers.optional()
        query = read_query(MessageParameters)
        with sessions() as session:
            page = read_messages(session, query, clock())
        cursor = encode_cursor(page.cursor)
        headers = link_to_next(f"{API}/messages", query, **next_place(page, query, cursor)) if page.more else {}
        return jsonify(messages=[message_as_json(message) for message in page.rows], cursor=cursor), headers

    @messages.get("/<id:message_id>")
    def show(message_id: int) -> ResponseReturnValue:
        callers.optional()
        with sessions() as session:
            return jsonify(message_as_json(message_of(session, message_id)))

    return messages
