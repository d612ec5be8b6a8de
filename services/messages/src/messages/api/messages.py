"""`/messages`."""

from http import HTTPStatus
from typing import Annotated

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session, sessionmaker

from chassis.bodies import Body, Text, read_body, read_query
from chassis.callers import Callers
from chassis.clock import Clock
from messages.api.parameters import Id, ListParameters
from messages.commands.messages import edit_message, post_message
from messages.domain import MAX_SOURCE_CHARS
from messages.queries import history, list_messages, message_of, since
from messages.resources import message_as_json, task_url


class Source(Body):
    """A message in Markdown."""

    source: Annotated[Text, Field(min_length=1, max_length=MAX_SOURCE_CHARS)]


class MessageParameters(ListParameters):
    """Which messages: what changed lately or, with `before`, the history before a message."""

    user_id: Id | None = None
    before: Id | None = None


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
            if query.before is not None:
                found = history(session, before=query.before, user_id=query.user_id, limit=query.limit)
            else:
                updated_since = since(query.updated_since, clock())
                found = list_messages(session, updated_since=updated_since, user_id=query.user_id, limit=query.limit)
            return jsonify(messages=[message_as_json(message) for message in found])

    @messages.get("/<id:message_id>")
    def show(message_id: int) -> ResponseReturnValue:
        callers.optional()
        with sessions() as session:
            return jsonify(message_as_json(message_of(session, message_id)))

    return messages
