"""gunicorn's configuration for every web process: one gevent worker; more load means more replicas."""

from typing import Any

import psycopg2
from psycogreen.gevent import gevent_wait_callback
from psycopg2 import extensions

from chassis.database import STATEMENT_SECONDS

worker_class = "gevent"
workers = 1
worker_connections = 4000
max_requests = 0
timeout = 30
graceful_timeout = 20
# Longer than the gateway keeps an idle connection, so that it never writes into one that is being closed here.
keepalive = 6
control_socket_disable = True
limit_request_line = 8190
worker_tmp_dir = "/dev/shm"  # noqa: S108 - where gunicorn's heartbeat file does not wait for a disk
logconfig_dict: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "chassis.logs.json_formatter", "service": "gunicorn"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True}},
}

# Longer than any statement may take: only a database that has gone silent comes this far.
DATABASE_WAIT_SECONDS = STATEMENT_SECONDS + 5


def post_fork(_server: object, _worker: object) -> None:
    """Let psycopg2 wait without blocking the other greenlets."""
    extensions.set_wait_callback(_wait_for_database)


def post_worker_init(worker: Any) -> None:
    """Tell the application's health when the worker is asked to stop."""
    health = worker.wsgi.extensions["health"]
    health.is_draining = lambda: not worker.alive


def _wait_for_database(connection: Any) -> None:
    # Whatever is raised here, psycopg2 closes the connection by itself. To close it from here would lock the process
    # up, for psycopg2 holds the connection's lock while it waits.
    try:
        gevent_wait_callback(connection, timeout=DATABASE_WAIT_SECONDS)
    except TimeoutError:
        raise psycopg2.OperationalError("the database did not answer in time") from None
