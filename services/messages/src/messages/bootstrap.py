"""Puts the messages service together."""

import os
import threading
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from flask import Flask
from pydantic import SecretStr
from sqlalchemy.orm import Session, sessionmaker

from chassis.caching import tell_caches
from chassis.callers import Callers
from chassis.clock import Clock, utc_now
from chassis.consumer import Consumer, singly
from chassis.database import DATABASE_ERRORS, connect, create_sessions, is_reachable
from chassis.health import Checks
from chassis.inbox import Handlers, handle_all_once
from chassis.internal import InternalClient, guard_internal
from chassis.periodic import Job, Periodic
from chassis.reading import create_reading
from chassis.runner import in_background, read_settings, run_worker
from chassis.starting import require_database, require_login
from chassis.topology import WorkQueue
from chassis.verifying import OfflineVerifier
from chassis.web import base_app
from messages.api.internal import create_internal
from messages.api.last_requests import LastRequests
from messages.api.messages import create_messages
from messages.api.renderings import create_renderings
from messages.api.stats import create_stats
from messages.api.tasks import create_tasks, promises
from messages.api.users import create_users
from messages.api.writers import Writers
from messages.commands.limits import Limit
from messages.credentials import Credentials, CredentialsAtAuth
from messages.databases import Databases, connect_both, on_engines
from messages.gateways import sampling_jobs
from messages.handlers import PRESENCE_HANDLERS, PRESENCE_QUEUE, QUEUE, create_handlers
from messages.problems import PROBLEMS
from messages.settings import ConsumerSettings, WebSettings, WriteLimits
from messages.sweeper import Attention, Sweeper
from messages.upkeep import upkeep_jobs

API = "/api/v1"
NO_CHECKS: Checks = MappingProxyType({})
SWEEP_SECONDS = 2.0
PERIODIC_LOCK = 0x706572696F64
SAMPLING_LOCK = 0x73616D706C65
# Two consumers, twice what is done from time to time and who leads it, and whoever asks whether all is well.
CONSUMER_POOL = 7


def create_app(
    databases: Databases,
    *,
    callers: Callers,
    task_secret: bytes,
    limit: Limit | None = None,
    credentials: Credentials,
    renderer: InternalClient,
    checks: Checks = NO_CHECKS,
    clock: Clock = utc_now,
) -> Flask:
    """Return the API of users, messages and tasks on *databases*.

    Args:
        task_secret: What ids of tasks are signed with.
        limit: How much a user may write.
        renderer: Who shows what becomes of a source.
        checks: What it needs to be ready beside its database.
    """
    writers = Writers(callers, databases.statements, limit, clock)
    app = base_app(
        "messages", checks={"database": partial(is_reachable, databases.engine), **checks}, problems=PROBLEMS
    )
    app.after_request(tell_caches)
    app.register_blueprint(create_users(databases, callers, writers, credentials, clock), url_prefix=f"{API}/users")
    app.register_blueprint(create_messages(databases, callers, writers, clock), url_prefix=f"{API}/messages")
    app.register_blueprint(create_renderings(writers, renderer), url_prefix=f"{API}/renderings")
    app.register_blueprint(create_stats(databases, callers, clock), url_prefix=f"{API}/stats")
    tasks = create_tasks(databases.statements, callers, promises(task_secret, clock))
    app.register_blueprint(tasks, url_prefix=f"{API}/tasks")
    return app


def offer_to_services(
    app: Flask, databases: Databases, credential: SecretStr, *, port: int, clock: Clock = utc_now
) -> None:
    """Have *app* answer other services, on *port* and to whoever carries *credential*."""
    guard_internal(app, credential, port=port)
    app.register_blueprint(create_internal(databases, clock), url_prefix="/internal")


def web() -> Flask:
    """Return what gunicorn serves."""
    settings = read_settings(WebSettings, os.environ, service="messages")
    transactions, statements = connect_both(settings.database_url, pool_size=settings.database_pool)
    require_database(transactions)
    require_login(settings.amqp_url)
    verifier = OfflineVerifier(
        service="messages",
        auth_url=settings.auth_url,
        credential=settings.service_credential,
        amqp_url=settings.amqp_url,
    )
    verifier.follow()
    lists = create_reading(
        statements,
        settings.database_url,
        settings.database_read_url,
        name="messages",
        pool_size=settings.database_pool,
        stopping=threading.Event(),  # for as long as the process lives
    )
    databases = on_engines(transactions, statements, lists)
    last_requests = LastRequests(databases.transactions, utc_now)
    app = create_app(
        databases,
        callers=Callers(verifier.verify, anonymous_read=settings.anonymous_read, seen=last_requests.note),
        task_secret=settings.service_credential.get_secret_value().encode(),
        limit=_limit_of(settings),
        credentials=CredentialsAtAuth(InternalClient(settings.auth_url, settings.service_credential)),
        renderer=InternalClient(settings.renderer_url, settings.service_credential),
        checks=verifier.checks,
    )
    offer_to_services(app, databases, settings.service_credential, port=settings.internal_port)
    in_background(last_requests.run, threading.Event())
    app.extensions["finishing"].append(last_requests.write)
    return app


def run_consumer(environ: Mapping[str, str]) -> None:
    """Handle events until the process is asked to stop."""
    settings = read_settings(ConsumerSettings, environ, service="messages-consumer")
    engine = connect(settings.database_url, name="messages-consumer", pool_size=CONSUMER_POOL)
    sessions = create_sessions(engine)
    handlers = create_handlers(_limit_of(settings))
    consumer = _create_consumer(settings, sessions, QUEUE, handlers, name="messages-consumer")
    presence = _create_consumer(settings, sessions, PRESENCE_QUEUE, PRESENCE_HANDLERS, name="messages-presence")
    sweeper = Sweeper(sessions, Attention(lambda: presence.is_ready))
    jobs = [Job(name="presence", every_seconds=SWEEP_SECONDS, do=sweeper.sweep), *upkeep_jobs(sessions)]
    periodic = Periodic(engine, jobs, lock=PERIODIC_LOCK)
    # By itself: a gateway that does not answer must keep nobody from being swept.
    sampling = Periodic(engine, sampling_jobs(settings.gateway_status_url, sessions), lock=SAMPLING_LOCK)
    checks: Checks = {
        "database": partial(is_reachable, engine),
        "broker": lambda: consumer.is_ready and presence.is_ready,
    }

    def run(stopping: threading.Event) -> None:
        require_database(engine, stopping)
        require_login(settings.amqp_url, stopping)
        beside = [in_background(part.run, stopping) for part in (presence, periodic, sampling)]
        consumer.run(stopping)
        for thread in beside:
            thread.join()

    run_worker(run, settings=settings, checks=checks)


def _limit_of(settings: WriteLimits) -> Limit | None:
    if not settings.rate_limits_enabled:
        return None
    return Limit(per_minute=settings.writes_per_minute, burst=settings.writes_at_once)


def _create_consumer(
    settings: ConsumerSettings, sessions: sessionmaker[Session], queue: WorkQueue, handlers: Handlers, *, name: str
) -> Consumer:
    handle_all = handle_all_once(sessions, queue.name, handlers)
    return Consumer(
        settings.amqp_url.get_secret_value(),
        queue,
        singly(handle_all),
        name=name,
        transient=DATABASE_ERRORS,
        handle_all=handle_all,
    )
