"""`/tokens`."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

import structlog
from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session, sessionmaker

from auth.commands.sessions import revoke_session
from auth.domain.attempts import TooManyAttemptsError
from auth.domain.credentials import InvalidCredentialsError
from auth.domain.refresh_tokens import RefreshTokenRejectedError
from auth.login import Login
from auth.passwords import TooManyPasswordsError
from auth.shapes import Tokens
from chassis.bodies import Body, Text, read_body
from chassis.callers import Callers, client_address
from chassis.clock import Clock
from chassis.describing import Access, Answer, Description

log = structlog.get_logger(__name__)


class Refresh(Body):
    """What a session goes on with."""

    refresh_token: Annotated[Text, Field(min_length=1, examples=["bD2cnM9vzAmU3WhbnTzqS4SDEDdkTDbS1t1kCmDDN8o"])]


def create_tokens(login: Login, sessions: sessionmaker[Session], callers: Callers, clock: Clock) -> Blueprint:
    """Return the endpoints."""
    api = Blueprint("tokens", __name__)

    @api.post("")
    @Description(
        access=Access.BASIC,
        answers=(Answer(meaning="One is logged in.", shape=Tokens),),
        problems=(InvalidCredentialsError, TooManyAttemptsError, TooManyPasswordsError),
    )
    def create() -> ResponseReturnValue:
        """Log in with nickname and password."""
        nickname, password = _basic_credentials()
        return _given(login.by_password(nickname, password, address=client_address()))

    @api.put("")
    @Description(
        access=Access.ANYBODY,
        body=Refresh,
        answers=(Answer(meaning="The session goes on with these.", shape=Tokens),),
        problems=(RefreshTokenRejectedError,),
    )
    def refresh() -> ResponseReturnValue:
        """Exchange a refresh token for the next pair of tokens.

        Whoever did not get the answer may repeat the request for ten seconds. A refresh token that is used again
        later, or after its successor, was stolen or lost: its session ends.
        """
        body = read_body(Refresh)
        return _given(login.by_refresh_token(body.refresh_token, address=client_address()))

    @api.delete("")
    @Description(access=Access.BEARER, answers=(Answer(meaning="The session is over.", status=HTTPStatus.NO_CONTENT),))
    def revoke() -> ResponseReturnValue:
        """Log out: the session's tokens are good for nothing any more."""
        caller = callers.required()
        with sessions.begin() as session:
            revoke_session(session, UUID(caller.session_id), now=clock())
        log.info("logged_out", user_id=caller.user_id, session_id=caller.session_id)
        return "", HTTPStatus.NO_CONTENT

    return api


def _basic_credentials() -> tuple[str, str]:
    # What is not ASCII is no base64; werkzeug raises an error of its own then.
    basic = request.authorization if request.headers.get("Authorization", "").isascii() else None
    if basic is None or basic.type != "basic" or not basic.username:
        raise InvalidCredentialsError("Nickname and password are expected as Basic credentials (RFC 7617).")
    return basic.username, basic.password or ""


def _given(tokens: Tokens) -> ResponseReturnValue:
    return jsonify(tokens), HTTPStatus.OK, {"Cache-Control": "no-store"}
