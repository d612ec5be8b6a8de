"""Puts auth together."""

import os
import threading
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from auth.api.internal import create_internal
from auth.api.tokens import create_tokens
from auth.api.well_known import create_well_known
from auth.commands.keys import ensure_key
from auth.domain.attempts import UNLIMITED, Patience, TooManyAttemptsError
from auth.domain.credentials import InvalidCredentialsError, UnknownCredentialsError
from auth.domain.refresh_tokens import RefreshTokenRejectedError
from auth.keyring import Key, Keyring
from auth.login import Login
from auth.passwords import Passwords, TooManyPasswordsError
from auth.queries import is_revoked, signing_keys
from auth.settings import WebSettings
from auth.signing import key_for_accounts, sealing_of
from auth.upkeep import upkeep
from chassis.callers import Callers
from chassis.clock import Clock, utc_now
from chassis.database import connect, create_sessions, is_reachable
from chassis.health import Checks
from chassis.internal import TooLateError, guard_internal
from chassis.problems import ProblemTable
from chassis.runner import in_background, read_settings
from chassis.starting import require_database
from chassis.tokens import Principal, verify_token
from chassis.web import base_app

PROBLEMS: ProblemTable = {
    InvalidCredentialsError: (HTTPStatus.UNAUTHORIZED, "invalid-credentials"),
    RefreshTokenRejectedError: (HTTPStatus.UNAUTHORIZED, "refresh-token-rejected"),
    TooManyAttemptsError: (HTTPStatus.TOO_MANY_REQUESTS, "too-many-attempts"),
    TooManyPasswordsError: (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"),
    TooLateError: (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"),
    # Of two who are given one nickname at the same time, one asks again.
    IntegrityError: (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"),
    UnknownCredentialsError: (HTTPStatus.NOT_FOUND, "credentials-not-found"),
}


def create_app(settings: WebSettings, engine: Engine, keyring: Keyring, *, clock: Clock = utc_now) -> Flask:
    """Return the API of auth on the database behind *engine*."""
    sessions = create_sessions(engine)
    passwords = Passwords()

    def has_ended(session_id: str) -> bool:
        with sessions() as session:
            return is_revoked(session, session_id)

    def verify(token: str) -> Principal:
        return verify_token(token, key_for=keyring.key_for, is_revoked=has_ended)

    login = Login(
        sessions=sessions,
        passwords=passwords,
        keyring=keyring,
        patience=Patience() if settings.rate_limits_enabled else UNLIMITED,
        account_key=key_for_accounts(settings.key_encryption_key),
        token_lifetime=settings.token_lifetime,
        clock=clock,
    )
    checks: Checks = {"database": partial(is_reachable, engine), "keys": keyring.can_sign}
    app = base_app("auth", checks=checks, problems=PROBLEMS)
    guard_internal(app, settings.service_credential, port=settings.internal_port)
    app.register_blueprint(create_tokens(login, sessions, Callers(verify), clock), url_prefix="/api/v1/tokens")
    app.register_blueprint(create_well_known(keyring), url_prefix="/.well-known")
    app.register_blueprint(create_internal(sessions, passwords, clock), url_prefix="/internal")
    return app


def create_keyring(sessions: sessionmaker[Session], settings: WebSettings, clock: Clock = utc_now) -> Keyring:
    """Return the keys of the database behind *sessions*, among which there is one to sign with."""
    sealing = sealing_of(settings.key_encryption_key)
    with sessions.begin() as session:
        ensure_key(session, sealing, now=clock())

    def read() -> Sequence[Key]:
        with sessions() as session:
            return signing_keys(session, sealing)

    keyring = Keyring(read, clock)
    keyring.refresh()
    return keyring


def web() -> Flask:
    """Return what gunicorn serves."""
    settings = read_settings(WebSettings, os.environ, service="auth")
    engine = connect(settings.database_url, name="auth", pool_size=settings.database_pool)
    require_database(engine)
    sessions = create_sessions(engine)
    keyring = create_keyring(sessions, settings)
    stopping = threading.Event()  # for as long as the process lives
    in_background(keyring.run, stopping)
    in_background(upkeep(engine, sessions).run, stopping)
    return create_app(settings, engine, keyring)
