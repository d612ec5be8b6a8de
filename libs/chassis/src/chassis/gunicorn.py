"""gunicorn's configuration for every web process: one worker; more load means more replicas.

It is a gevent worker, unless the command line says otherwise (`--worker-class gthread`): all here is good for either.
"""

import gc
import json
import resource
import socket
from http import HTTPStatus
from typing import Any

import psycopg2
from gunicorn import util
from psycogreen.gevent import gevent_wait_callback
from psycopg2 import extensions

from chassis.database import CONNECT_SECONDS, STATEMENT_SECONDS

worker_class = "chassis.worker.CarefulWorker"
workers = 1
worker_connections = 4000
max_requests = 0
timeout = 30
graceful_timeout = 20
# Longer than the gateway keeps an idle connection, so that it never writes into one that is being closed here.
keepalive = 6
control_socket_disable = True
limit_request_line = 8190
limit_request_fields = 32_768  # the gateway bounds them by their size
worker_tmp_dir = "/dev/shm"  # noqa: S108 - where gunicorn's heartbeat file does not wait for a disk
logconfig_dict: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "chassis.logs.json_formatter", "service": "gunicorn"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True}},
}

# Four times the connections that a process takes.
OPEN_FILES = 16_384
# Longer than any statement may take: only a database that has gone silent comes this far.
DATABASE_WAIT_SECONDS = STATEMENT_SECONDS + 5


def post_fork(_server: object, _worker: object) -> None:
    """Let psycopg2 wait without blocking other greenlets, gunicorn tell its errors as we do, and all clients in."""
    extensions.set_wait_callback(_wait_for_database)
    util.write_error = write_problem
    _open_more_files()


def _open_more_files() -> None:
    # Some container engines begin with 1024, which is fewer than there are places for clients.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def write_problem(client: socket.socket, status: int, reason: str, _detail: str) -> None:
    """Answer a request that no application will see with a problem, in place of gunicorn's HTML."""
    # Only here: with it come libraries that must not be loaded before gevent has patched what they stand on.
    from chassis.problems import problem, slug_of  # noqa: PLC0415

    body = json.dumps(problem(HTTPStatus(status), slug_of(reason), reason)).encode()
    head = f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
    util.write_nonblock(client, head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)


def post_worker_init(worker: Any) -> None:
    """Tell the application's health when the worker is asked to stop."""
    health = worker.wsgi.extensions["health"]
    health.is_draining = lambda: not worker.alive
    # What is there by now stays. To look through it for garbage again and again takes 60 ms, in which nobody is served.
    gc.collect()
    gc.freeze()


def _wait_for_database(connection: Any) -> None:
    # Whatever is raised here, psycopg2 closes the connection by itself. To close it from here would lock the process
    # up, for psycopg2 holds the connection's lock while it waits.
    is_connected = connection.status in (extensions.STATUS_READY, extensions.STATUS_BEGIN)
    try:
        gevent_wait_callback(connection, timeout=DATABASE_WAIT_SECONDS if is_connected else CONNECT_SECONDS)
    except TimeoutError:
        raise psycopg2.OperationalError("the database did not answer in time") from None
