"""`/messages`."""

from datetime import datetime
from functools import partial
from http import HTTPStatus
from uuid import uuid4

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field, ValidationInfo, field_validator
from sqlalchemy.orm import Session

from chassis.bodies import read_body, read_query
from chassis.callers import Callers
from chassis.clock import Clock
from chassis.describing import Access, Answer, Description
from messages import shapes
from messages.api.answers import Answers
from messages.api.descriptions import ACCEPTED, CREATED, DONE, EDITED, LINK, PREFER, Source
from messages.api.headers import Keys, idempotency_key
from messages.api.kept_lists import KeptLists, ListAnswer
from messages.api.parameters import Id, ListParameters, link_to_next, list_answer
from messages.api.writers import Writers
from messages.commands.messages import Draft, delete_message, edit_message, post_message
from messages.commands.posts import post_once
from messages.cursors import encode_cursor
from messages.databases import Databases
from messages.domain import (
    CursorExpiredError,
    IdempotencyKeyReusedError,
    MessageDeletedError,
    MessageNotFoundError,
    NotAuthorError,
    RequestInFlightError,
    TooManyWritesError,
    UnknownUserError,
)
from messages.models import Message
from messages.queries.feed import feed_state
from messages.queries.messages import follow_messages, history, list_messages, message_of
from messages.queries.pages import RECENT, Page, since
from messages.resources import API, message_as_json


class MessageParameters(ListParameters):
    """Which messages: what changed lately or after a cursor or, with `before`, the history before a message."""

    user_id: Id | None = Field(default=None, description="Those of one author.", examples=[1])
    before: Id | None = Field(
        default=None, description="Older ones than this one, newest first. Does not go with `cursor`.", examples=[1000]
    )

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


def make_list(session: Session, query: MessageParameters, now: datetime) -> ListAnswer:
    """Return the answer to *query*."""
    page = read_messages(session, query, now)
    cursor = encode_cursor(page.cursor)
    headers = link_to_next(f"{API}/messages", query, **next_place(page, query, cursor)) if page.more else {}
    # What is a day old leaves a list that nobody has said the beginning of.
    slides = page.rows and query.cursor is None and query.before is None and not query.updated_since
    good_until = page.rows[0].updated_at + RECENT if slides else None
    rows = [message_as_json(message) for message in page.rows]
    return list_answer("messages", rows, page.cursor, headers, good_until=good_until)


def create_messages(databases: Databases, callers: Callers, writers: Writers, clock: Clock) -> Blueprint:
    """Return the endpoints."""
    messages = Blueprint("messages", __name__)
    answers, kept = Answers(databases.statements), KeptLists()

    @messages.post("")
    @Description(
        access=Access.BEARER,
        body=Source,
        headers=(PREFER, Keys),
        answers=(ACCEPTED, CREATED),
        problems=(UnknownUserError, TooManyWritesError, RequestInFlightError, IdempotencyKeyReusedError),
    )
    def post() -> ResponseReturnValue:
        """Post a message."""
        author_id, body, key = writers.allowed(), read_body(Source), idempotency_key()
        draft = Draft(author_id=author_id, source=body.source, now=clock(), task_id=uuid4(), key=key)
        if key is None:
            with databases.statements() as session:
                message = post_message(session, draft)
            return answers.to(message, draft.task_id)
        with databases.transactions.begin() as session:
            posted = post_once(session, draft)
        return answers.to(posted.message, posted.task_id)

    @messages.put("/<id:message_id>")
    @Description(
        access=Access.BEARER,
        body=Source,
        headers=(PREFER,),
        answers=(ACCEPTED, EDITED),
        problems=(UnknownUserError, TooManyWritesError, NotAuthorError, MessageNotFoundError),
    )
    def edit(message_id: int) -> ResponseReturnValue:
        """Edit a message of one's own."""
        editor_id, body, task_id = writers.allowed(), read_body(Source), uuid4()
        with databases.transactions.begin() as session:
            message = edit_message(
                session,
                message_id=message_id,
                editor_id=editor_id,
                source=body.source,
                now=clock(),
                task_id=task_id,
            )
        return answers.to(message, task_id)

    @messages.delete("/<id:message_id>")
    @Description(
        access=Access.BEARER,
        answers=(DONE,),
        problems=(UnknownUserError, TooManyWritesError, NotAuthorError, MessageNotFoundError),
    )
    def delete(message_id: int) -> ResponseReturnValue:
        """Delete a message of one's own.

        It stays in the list of changes as one that is deleted, without a word of its text.
        """
        deleter_id = writers.allowed()
        with databases.transactions.begin() as session:
            delete_message(session, message_id=message_id, deleter_id=deleter_id, now=clock())
        return "", HTTPStatus.NO_CONTENT

    @messages.get("")
    @Description(
        access=Access.OPTIONAL,
        query=MessageParameters,
        answers=(Answer(meaning="A page of them.", shape=shapes.Messages, sometimes=(LINK,)),),
        problems=(CursorExpiredError,),
    )
    def index() -> ResponseReturnValue:
        """List messages, or what changed of them.

        Whoever asks on and on with the `cursor` of the last answer misses no change; some may come twice.
        """
        callers.optional()
        query, now = read_query(MessageParameters), clock()

        def read(session: Session) -> ListAnswer:
            make = partial(make_list, session, query, now)
            return kept.answer(request.query_string, state=feed_state(session), now=now, make=make)

        return databases.lists.run(read).response()

    @messages.get("/<id:message_id>")
    @Description(
        access=Access.OPTIONAL,
        answers=(Answer(meaning="The message.", shape=shapes.Message),),
        problems=(MessageNotFoundError, MessageDeletedError),
    )
    def show(message_id: int) -> ResponseReturnValue:
        """Read a message."""
        callers.optional()
        with databases.statements() as session:
            return jsonify(message_as_json(message_of(session, message_id)))

    return messages
