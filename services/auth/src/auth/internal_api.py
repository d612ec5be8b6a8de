"""What only other services may ask; the gateway does not pass it on."""

from http import HTTPStatus

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session, sessionmaker

from auth.commands import change_credentials, set_credentials
from auth.passwords import Passwords
from auth.queries import revocations
from chassis.bodies import Body, Text, read_body
from chassis.clock import Clock


class Changes(Body):
    """What of it becomes otherwise; what is left out stays as it is."""

    nickname: Text | None = None
    password: Text | None = None


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

    @internal.patch("/credentials/<id:user_id>")
    def patch_credentials(user_id: int) -> ResponseReturnValue:
        body = read_body(Changes)
        password_hash = None if body.password is None else passwords.hash(body.password)
        with sessions.begin() as session:
            changes = {"nickname": body.nickname, "password_hash": password_hash}
            change_credentials(session, user_id=user_id, **changes, now=clock())
        return "", HTTPStatus.NO_CONTENT

    @internal.get("/revocations")
    def get_revocations() -> ResponseReturnValue:
        with sessions() as session:
            return jsonify(revoked=revocations(session, clock()))

    return internal
