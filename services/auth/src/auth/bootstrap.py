"""Puts auth together."""

import os
from datetime import timedelta
from functools import partial
from http import HTTPStatus

from flask import Flask
from sqlalchemy import Engine

from auth.api import InvalidCredentialsError, Login, create_api, create_well_known
from auth.commands import UnknownCredentialsError
from auth.internal_api import create_internal
from auth.passwords import Passwords
from auth.queries import is_revoked
from auth.settings import WebSettings
from auth.signing import Signer
from chassis.callers import Callers
from chassis.clock import Clock, utc_now
from chassis.database import connect, create_sessions, is_reachable
from chassis.internal import guard_internal
from chassis.problems import ProblemTable
from chassis.runner import read_settings
from chassis.starting import require_database
from chassis.tokens import Principal, verify_token
from chassis.web import base_app

PROBLEMS: ProblemTable = {
    InvalidCredentialsError: (HTTPStatus.UNAUTHORIZED, "invalid-credentials"),
    UnknownCredentialsError: (HTTPStatus.NOT_FOUND, "credentials-not-found"),
}


def create_app(settings: WebSettings, engine: Engine, *, clock: Clock = utc_now) -> Flask:
    """Return the API of auth on the database behind *engine*."""
    sessions = create_sessions(engine)
    signer = Signer(settings.signing_key)
    passwords = Passwords()

    def has_ended(session_id: str) -> bool:
        with sessions() as session:
            return is_revoked(session, session_id)

    def verify(token: str) -> Principal:
        return verify_token(token, key_for=signer.key_for, is_revoked=has_ended)

    login = Login(
        sessions=sessions,
        passwords=passwords,
        signer=signer,
        lifetime=timedelta(seconds=settings.token_seconds),
        clock=clock,
    )
    app = base_app("auth", checks={"database": partial(is_reachable, engine)}, problems=PROBLEMS)
    guard_internal(app, settings.service_credential)
    app.register_blueprint(create_api(login, Callers(verify)), url_prefix="/api/v1/tokens")
    app.register_blueprint(create_well_known(signer), url_prefix="/.well-known")
    app.register_blueprint(create_internal(sessions, passwords, clock), url_prefix="/internal")
    return app


def web() -> Flask:
    """Return what gunicorn serves."""
    settings = read_settings(WebSettings, os.environ, service="auth")
    engine = connect(settings.database_url, name="auth", pool_size=settings.database_pool)
    require_database(engine)
    return create_app(settings, engine)
