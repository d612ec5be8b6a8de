"""What only other services may ask; the gateway does not pass it on."""

from http import HTTPStatus

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session, sessionmaker

from auth.commands import set_credentials
from auth.passwords import Passwords
from auth.queries import revocations
from chassis.bodies import Body, Text, read_body
from chassis.clock import Clock


class Credentials(Body):
    """What a user will log in with."""

    nickname: Text
    password: Text


def create_internal(sessions: sessionmaker[Session], passwords: Passwords, clock: Clock) -> Blueprint:
    """Return `/internal`."""
    internal = Blueprint("internal", __name__)

    @internal.put("/credentials/<id:user_id>")
    def put_credentials(user_id: int) -> ResponseReturnValue:
        body = read_body(Credentials)
        password_hash = passwords.hash(body.password)
        with sessions.begin() as session:
            set_credentials(session, user_id=user_id, nickname=body.nickname, password_hash=password_hash)
        return "", HTTPStatus.NO_CONTENT

    @internal.get("/revocations")
    def get_revocations() -> ResponseReturnValue:
        with sessions() as session:
            return jsonify(revoked=revocations(session, clock()))

    return internal
