"""Puts the messages service together."""

import os
import threading
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from types import MappingProxyType

from flask import Flask

from chassis.caching import tell_caches
from chassis.callers import Callers
from chassis.clock import Clock, utc_now
from chassis.consumer import Consumer, singly
from chassis.database import DATABASE_ERRORS, connect, create_sessions, is_reachable
from chassis.health import Checks
from chassis.inbox import handle_all_once
from chassis.internal import InternalClient
from chassis.problems import ProblemTable
from chassis.reading import create_reading
from chassis.runner import read_settings, run_worker
from chassis.starting import require_database, require_login
from chassis.tokens import TokenVerifier
from chassis.verifying import offline_verifier
from chassis.web import base_app
from messages.api.messages import create_messages
from messages.api.tasks import create_tasks, promises
from messages.api.users import create_users
from messages.api.writers import Writers
from messages.commands.limits import Limit
from messages.credentials import Credentials, CredentialsAtAuth
from messages.databases import Databases, connect_both, on_engines
from messages.domain import (
    CursorExpiredError,
    IdempotencyKeyReusedError,
    MessageDeletedError,
    MessageNotFoundError,
    NicknameTakenError,
    NotAuthorError,
    NotOwnerError,
    NotSelfError,
    RequestInFlightError,
    TaskNotFoundError,
    TooManyWritesError,
    UnknownUserError,
    UserNotFoundError,
)
from messages.handlers import HANDLERS, QUEUE
from messages.settings import ConsumerSettings, WebSettings

API = "/api/v1"
NO_CHECKS: Checks = MappingProxyType({})

PROBLEMS: ProblemTable = {
    NicknameTakenError: (HTTPStatus.BAD_REQUEST, "nickname-taken"),
    UnknownUserError: (HTTPStatus.UNAUTHORIZED, "token-rejected"),
    UserNotFoundError: (HTTPStatus.NOT_FOUND, "user-not-found"),
    MessageNotFoundError: (HTTPStatus.NOT_FOUND, "message-not-found"),
    MessageDeletedError: (HTTPStatus.GONE, "message-deleted"),
    CursorExpiredError: (HTTPStatus.BAD_REQUEST, "cursor-expired"),
    RequestInFlightError: (HTTPStatus.CONFLICT, "request-in-flight"),
    IdempotencyKeyReusedError: (HTTPStatus.UNPROCESSABLE_ENTITY, "idempotency-key-reused"),
    TooManyWritesError: (HTTPStatus.TOO_MANY_REQUESTS, "too-many-requests"),
    TaskNotFoundError: (HTTPStatus.NOT_FOUND, "task-not-found"),
    NotAuthorError: (HTTPStatus.FORBIDDEN, "not-author"),
    NotOwnerError: (HTTPStatus.FORBIDDEN, "not-owner"),
    NotSelfError: (HTTPStatus.FORBIDDEN, "not-self"),
}


def create_app(
    databases: Databases,
    *,
    verify: TokenVerifier,
    task_secret: bytes,
    limit: Limit | None = None,
    credentials: Credentials,
    anonymous_read: bool = True,
    checks: Checks = NO_CHECKS,
    clock: Clock = utc_now,
) -> Flask:
    """Return the API of users, messages and tasks on *databases*.

    Args:
        task_secret: What ids of tasks are signed with.
        limit: How much a user may write.
        checks: What it needs to be ready beside its database.
    """
    callers = Callers(verify, anonymous_read=anonymous_read)
    writers = Writers(callers, databases.statements, limit, clock)
    app = base_app(
        "messages", checks={"database": partial(is_reachable, databases.engine), **checks}, problems=PROBLEMS
    )
    app.after_request(tell_caches)
    app.register_blueprint(create_users(databases, callers, writers, credentials, clock), url_prefix=f"{API}/users")
    app.register_blueprint(create_messages(databases, callers, writers, clock), url_prefix=f"{API}/messages")
    tasks = create_tasks(databases.statements, callers, promises(task_secret, clock))
    app.register_blueprint(tasks, url_prefix=f"{API}/tasks")
    return app


def web() -> Flask:
    """Return what gunicorn serves."""
    settings = read_settings(WebSettings, os.environ, service="messages")
    transactions, statements = connect_both(settings.database_url, pool_size=settings.database_pool)
    require_database(transactions)
    require_login(settings.amqp_url)
    auth = InternalClient(settings.auth_url, settings.service_credential)
    limit = Limit(per_minute=settings.writes_per_minute, burst=settings.writes_at_once)
    verifier = offline_verifier(service="messages", auth_url=settings.auth_url, amqp_url=settings.amqp_url, auth=auth)
    lists = create_reading(
        statements,
        settings.database_url,
        settings.database_read_url,
        name="messages",
        pool_size=settings.database_pool,
        stopping=threading.Event(),  # for as long as the process lives
    )
    return create_app(
        on_engines(transactions, statements, lists),
        verify=verifier.verify,
        task_secret=settings.service_credential.get_secret_value().encode(),
        limit=limit if settings.rate_limits_enabled else None,
        credentials=CredentialsAtAuth(auth),
        anonymous_read=settings.anonymous_read,
        checks=verifier.checks,
    )


def run_consumer(environ: Mapping[str, str]) -> None:
    """Handle events until the process is asked to stop."""
    settings = read_settings(ConsumerSettings, environ, service="messages-consumer")
    engine = connect(settings.database_url, name="messages-consumer", pool_size=2)
    handle_all = handle_all_once(create_sessions(engine), QUEUE.name, HANDLERS)
    consumer = Consumer(
        settings.amqp_url.get_secret_value(),
        QUEUE,
        singly(handle_all),
        name="messages-consumer",
        transient=DATABASE_ERRORS,
        handle_all=handle_all,
    )
    checks: Checks = {"database": partial(is_reachable, engine), "broker": lambda: consumer.is_ready}

    def run(stopping: threading.Event) -> None:
        require_database(engine, stopping)
        require_login(settings.amqp_url, stopping)
        consumer.run(stopping)

    run_worker(run, settings=settings, checks=checks)
