"""What only other services may ask, on a port of its own that the gateway does not know."""

from datetime import UTC, datetime
from http import HTTPStatus

import structlog
from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session, sessionmaker

from auth.commands.credentials import change_credentials, set_credentials
from auth.passwords import Passwords
from auth.queries import password_hash_of, revocations
from chassis.bodies import Body, Text, read_body, read_query
from chassis.clock import Clock, epoch_seconds
from chassis.internal import refuse_late

log = structlog.get_logger(__name__)


class Changes(Body):
    """What of it becomes otherwise; what is left out stays as it is."""

    nickname: Text | None = None
    password: Text | None = None


class Credentials(Body):
    """What a user will log in with."""

    nickname: Text
    password: Text


class Password(Body):
    """What may be somebody's password."""

    password: Text


class Since(BaseModel):
    """From when on, in epoch seconds."""

    since: int = Field(default=0, ge=0, le=2**33)


def create_internal(sessions: sessionmaker[Session], passwords: Passwords, clock: Clock) -> Blueprint:
    """Return `/internal`."""
    internal = Blueprint("internal", __name__)

    @internal.put("/credentials/<id:user_id>")
    def put_credentials(user_id: int) -> ResponseReturnValue:
        body = read_body(Credentials)
        password_hash = passwords.hash(body.password)
        with sessions.begin() as session:
            set_credentials(session, user_id=user_id, nickname=body.nickname, password_hash=password_hash)
            refuse_late()
        log.info("credentials_set", user_id=user_id)
        return "", HTTPStatus.NO_CONTENT

    @internal.patch("/credentials/<id:user_id>")
    def patch_credentials(user_id: int) -> ResponseReturnValue:
        body = read_body(Changes)
        password_hash = None if body.password is None else passwords.hash(body.password)
        with sessions.begin() as session:
            changes = {"nickname": body.nickname, "password_hash": password_hash}
            ended = change_credentials(session, user_id=user_id, **changes, now=clock())
            refuse_late()
        changed = [name for name, value in body.model_dump().items() if value is not None]
        log.info("credentials_changed", user_id=user_id, changed=changed, sessions_ended=ended)
        return "", HTTPStatus.NO_CONTENT

    @internal.post("/credentials/<id:user_id>/verification")
    def verify_credentials(user_id: int) -> ResponseReturnValue:
        body = read_body(Password)
        with sessions() as session:
            password_hash = password_hash_of(session, user_id)
        return jsonify(matches=passwords.matches(password_hash, body.password))

    @internal.get("/revocations")
    def get_revocations() -> ResponseReturnValue:
        now = clock()
        since = datetime.fromtimestamp(read_query(Since).since, UTC)
        with sessions() as session:
            return jsonify(revoked=revocations(session, since=since, now=now), now=epoch_seconds(now))

    return internal
