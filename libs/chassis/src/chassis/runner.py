"""Runs a process that is no web server: signals, health, and an orderly end."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from socketserver import ThreadingMixIn
from types import FrameType
from typing import Any, TypeVar
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import structlog
from flask import Flask

from chassis.health import Checks
from chassis.logs import configure_logs
from chassis.settings import EnvSettings, SettingsError
from chassis.web import base_app

log = structlog.get_logger(__name__)

# With this status (its APP_LOAD_ERROR) gunicorn gives up; with any other it would start worker after worker.
REFUSED_STATUS = 4

SettingsT = TypeVar("SettingsT", bound=EnvSettings)


class WorkerSettings(EnvSettings):
    """Where a process without an API of its own serves its health."""

    health_host: str = "0.0.0.0"
    health_port: int = 8000
    log_level: str = "INFO"


# Of processes that nobody waits for, in a tenth of the share of others.
NICENESS = 10


def read_settings(settings: type[SettingsT], environ: Mapping[str, str], *, service: str) -> SettingsT:
    """Configure the logs and return the settings; end the process with one line if they are not complete."""
    configure_logs(service, environ.get("LOG_LEVEL", "INFO"))
    try:
        return settings.from_env(environ)
    except SettingsError as error:
        log.critical("settings_refused", error=str(error))
        sys.exit(REFUSED_STATUS)


def run_worker(run: Callable[[threading.Event], None], *, settings: WorkerSettings, checks: Checks) -> None:
    """Call *run* with an event that is set on SIGTERM or SIGINT; it finishes what it has in hand and returns.

    Where the processor is short, those who wait for an answer come first: what is done here is queued, and the more
    of it waits the less each costs.
    """
    os.nice(NICENESS)
    stopping = threading.Event()

    def stop(number: int, _frame: FrameType | None) -> None:
        log.info("stopping", signal=signal.Signals(number).name)
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    app = base_app("health", checks=checks, problems={})
    app.extensions["health"].is_draining = stopping.is_set
    _serve(app, settings.health_host, settings.health_port)
    run(stopping)
    log.info("stopped")


def in_background(run: Callable[..., object], *arguments: Any, **options: Any) -> threading.Thread:
    """Call *run* on a thread of its own, which does not keep the process from ending, and return the thread."""
    thread = threading.Thread(target=run, args=arguments, kwargs=options, daemon=True)
    thread.start()
    return thread


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    timeout = 5

    def log_message(self, *_arguments: object) -> None:
        """Say nothing: the application has logged what there is."""


def _serve(app: Flask, host: str, port: int) -> None:
    server = make_server(host, port, app, server_class=_Server, handler_class=_QuietHandler)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
