"""Tokens, for everybody."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

import structlog
from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session, sessionmaker

from auth.commands import UnknownCredentialsError, open_session, revoke_session
from auth.passwords import Passwords
from auth.queries import credential_of
from auth.shapes import Keys, Token
from auth.signing import Signer
from chassis.callers import Callers
from chassis.clock import Clock
from chassis.describing import Access, Answer, Description, Header

log = structlog.get_logger(__name__)

JWKS_CACHE_SECONDS = 300
MAY_BE_KEPT = Header(
    name="Cache-Control",
    meaning="For how many seconds it may be kept.",
    example=f"public, max-age={JWKS_CACHE_SECONDS}",
)
WRONG = "Nickname or password is wrong."


class InvalidCredentialsError(Exception):
    """Nickname and password do not belong together."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """What a login needs."""

    sessions: sessionmaker[Session]
    passwords: Passwords
    signer: Signer
    lifetime: timedelta
    clock: Clock

    def token_for(self, nickname: str, password: str) -> str:
        """Return an access token of a new session.

        Raises:
            InvalidCredentialsError: No user has this nickname and password.
        """
        with self.sessions() as session:
            credential = credential_of(session, nickname)
        # No connection is held while the password is being hashed.
        matches = self.passwords.matches(credential.password_hash if credential else None, password)
        if credential is None or not matches:
            raise InvalidCredentialsError(WRONG)
        now = self.clock()
        try:
            with self.sessions.begin() as session:
                session_id = open_session(session, credential, now=now, lifetime=self.lifetime)
        except UnknownCredentialsError:
            raise InvalidCredentialsError(WRONG) from None
        log.info("logged_in", user_id=credential.user_id, session_id=str(session_id))
        return self.signer.sign(user_id=credential.user_id, session_id=session_id, now=now, lifetime=self.lifetime)


def create_api(login: Login, callers: Callers) -> Blueprint:
    """Return `/tokens`."""
    api = Blueprint("tokens", __name__)

    @api.post("")
    @Description(
        access=Access.BASIC,
        answers=(Answer(meaning="One is logged in.", shape=Token),),
        problems=(InvalidCredentialsError,),
    )
    def create() -> ResponseReturnValue:
        """Log in with nickname and password."""
        basic = request.authorization
        if basic is None or basic.type != "basic" or not basic.username:
            raise InvalidCredentialsError("Nickname and password are expected as Basic credentials (RFC 7617).")
        token = login.token_for(basic.username, basic.password or "")
        expires_in = int(login.lifetime.total_seconds())
        answer: Token = {"token": token, "token_type": "Bearer", "expires_in": expires_in}
        return jsonify(answer), HTTPStatus.OK, {"Cache-Control": "no-store"}

    @api.delete("")
    @Description(access=Access.BEARER, answers=(Answer(meaning="The session is over.", status=HTTPStatus.NO_CONTENT),))
    def revoke() -> ResponseReturnValue:
        """Log out: the session's token is good for nothing any more."""
        caller = callers.required()
        with login.sessions.begin() as session:
            revoke_session(session, UUID(caller.session_id), now=login.clock())
        log.info("logged_out", user_id=caller.user_id, session_id=caller.session_id)
        return "", HTTPStatus.NO_CONTENT

    return api


def create_well_known(signer: Signer) -> Blueprint:
    """Return `/.well-known/jwks.json`."""
    well_known = Blueprint("well_known", __name__)

    @well_known.get("/jwks.json")
    @Description(access=Access.ANYBODY, answers=(Answer(meaning="The keys.", shape=Keys, headers=(MAY_BE_KEPT,)),))
    def jwks() -> ResponseReturnValue:
        """Read the keys that verify tokens (RFC 7517)."""
        return jsonify(signer.jwks()), HTTPStatus.OK, {"Cache-Control": f"public, max-age={JWKS_CACHE_SECONDS}"}

    return well_known
