"""`/users`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import Annotated, TypeAlias

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from pydantic import AfterValidator, Field
from sqlalchemy.orm import Session

from chassis.bodies import Body, Text, read_body, read_query
from chassis.callers import Callers
from chassis.clock import Clock
from chassis.describing import Access, Answer, Description
from chassis.internal import ServiceUnavailableError
from messages import shapes
from messages.api.descriptions import DONE, LINK, THERE
from messages.api.parameters import ListParameters, link_to_next, list_answer
from messages.api.registering import Registering
from messages.api.writers import Writers
from messages.commands.users import change_user
from messages.credentials import Credentials
from messages.cursors import encode_cursor
from messages.databases import Databases
from messages.domain import (
    MAX_NICKNAME_CHARS,
    CursorExpiredError,
    NicknameTakenError,
    NotSelfError,
    TooManyWritesError,
    UserNotFoundError,
    check_nickname,
)
from messages.models import User
from messages.passwords import MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, check_password
from messages.queries.pages import Page, since
from messages.queries.users import follow_users, list_users, user_of
from messages.resources import API, user_as_json, user_url

SHOWN = Answer(meaning="The user.", shape=shapes.User)
REGISTERED = replace(SHOWN, status=HTTPStatus.CREATED, headers=(replace(THERE, example="/api/v1/users/1"),))
CALLS_TO_AUTH = 5
WAIT_FOR_A_CALL_SECONDS = 5.0

Nickname: TypeAlias = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_NICKNAME_CHARS,
        description="Unique without regard to case; no colon, no control characters, no white space around it.",
        examples=["susan"],
    ),
    AfterValidator(check_nickname),
]
Password: TypeAlias = Annotated[
    Text,
    Field(
        min_length=MIN_PASSWORD_CHARS,
        max_length=MAX_PASSWORD_CHARS,
        description="None of the commonest.",
        examples=["correct horse"],
    ),
    AfterValidator(check_password),
]


class Registration(Body):
    """Who somebody wants to be."""

    nickname: Nickname
    password: Password


class Changes(Body):
    """What somebody wants to be otherwise; what is left out is not set, and stays as it is."""

    nickname: Nickname = Field(default_factory=str)
    password: Password = Field(default_factory=str)


class UserParameters(ListParameters):
    """Which users: `online=0` for those who are not, anything else for those who are."""

    online: str | None = Field(
        default=None, description="0 for those who are not, 1 for those who are.", examples=["1"]
    )


def read_users(session: Session, query: UserParameters, now: datetime) -> Page[User]:
    """Return the page that *query* asks for."""
    online = None if query.online is None else query.online != "0"
    if query.cursor is not None:
        return follow_users(session, cursor=query.cursor, online=online, limit=query.limit)
    recent = since(query.updated_since, now)
    return list_users(session, updated_since=recent, online=online, limit=query.limit)


@contextmanager
def one_of(places: BoundedSemaphore) -> Iterator[None]:
    """Take one of *places*, or give up after a while.

    Raises:
        ServiceUnavailableError: None became free.
    """
    if not places.acquire(timeout=WAIT_FOR_A_CALL_SECONDS):
        raise ServiceUnavailableError("too many calls to auth at once")
    try:
        yield
    finally:
        places.release()


def create_users(
    databases: Databases, callers: Callers, writers: Writers, credentials: Credentials, clock: Clock
) -> Blueprint:
    """Return the endpoints."""
    users = Blueprint("users", __name__)
    # Each holds a connection while auth hashes a password; the others stay free for those who read.
    calls = BoundedSemaphore(CALLS_TO_AUTH)
    registering = Registering(databases.engine, credentials, clock)

    @users.post("")
    @Description(
        access=Access.ANYBODY,
        body=Registration,
        answers=(REGISTERED,),
        problems=(NicknameTakenError,),
    )
    def register() -> ResponseReturnValue:
        """Register.

        Whoever lost the answer, because a part of Flack failed in the middle of it, may send the same again.
        """
        body = read_body(Registration)
        with one_of(calls):
            user, finish = registering.register(body.nickname, body.password)
        answer = jsonify(user_as_json(user))
        answer.call_on_close(finish)
        return answer, HTTPStatus.CREATED, {"Location": user_url(user.id)}

    @users.get("")
    @Description(
        access=Access.OPTIONAL,
        query=UserParameters,
        answers=(Answer(meaning="A page of them.", shape=shapes.Users, sometimes=(LINK,)),),
        problems=(CursorExpiredError,),
    )
    def index() -> ResponseReturnValue:
        """List users, or what changed of them."""
        callers.optional()
        query = read_query(UserParameters)
        now = clock()
        page = databases.lists.run(lambda session: read_users(session, query, now))
        cursor = encode_cursor(page.cursor)
        headers = link_to_next(f"{API}/users", query, cursor=cursor) if page.more else {}
        rows = [user_as_json(user) for user in page.rows]
        return list_answer("users", rows, page.cursor, headers).response()

    @users.get("/me")
    @Description(access=Access.BEARER, answers=(SHOWN,), problems=(UserNotFoundError,))
    def me() -> ResponseReturnValue:
        """Read who one is."""
        caller = callers.required()
        with databases.statements() as session:
            return jsonify(user_as_json(user_of(session, caller.user_id)))

    @users.get("/<id:user_id>")
    @Description(access=Access.OPTIONAL, answers=(SHOWN,), problems=(UserNotFoundError,))
    def show(user_id: int) -> ResponseReturnValue:
        """Read who somebody is."""
        callers.optional()
        with databases.statements() as session:
            return jsonify(user_as_json(user_of(session, user_id)))

    @users.put("/<id:user_id>")
    @Description(
        access=Access.BEARER,
        body=Changes,
        answers=(DONE,),
        problems=(TooManyWritesError, NicknameTakenError, NotSelfError, UserNotFoundError),
    )
    def change(user_id: int) -> ResponseReturnValue:
        """Take another nickname or password.

        A new password ends every session of that user.
        """
        editor_id = writers.allowed()
        changes = read_body(Changes).model_dump(exclude_unset=True)
        with one_of(calls), databases.transactions.begin() as session:
            change_user(session, user_id=user_id, editor_id=editor_id, **changes, credentials=credentials, now=clock())
        return "", HTTPStatus.NO_CONTENT

    return users
