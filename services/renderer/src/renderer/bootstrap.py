"""Puts the renderer's three processes together."""

import os
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus

from flask import Flask
from pydantic import SecretStr

from chassis.amqp import BrokerUnavailableError
from chassis.consumer import Consumer, singly
from chassis.internal import TooLateError, guard_internal
from chassis.parallel_consumer import ParallelConsumer
from chassis.problems import ProblemTable
from chassis.publisher import Publisher
from chassis.runner import read_settings, run_worker
from chassis.starting import require_login
from chassis.topology import COMMANDS_EXCHANGE, EVENTS_EXCHANGE
from chassis.web import base_app
from renderer.api import TooManyRenderingsError, create_internal
from renderer.domain import Rendering
from renderer.handlers import (
    PREVIEW_QUEUE,
    QUEUE,
    SLOW_QUEUE,
    create_handle_all,
    create_handle_linked,
    create_handle_slow,
)
from renderer.hosts import HostRates, HostTurns
from renderer.outside import Outside
from renderer.previews import Previewer
from renderer.rendering import Renderer
from renderer.sandbox import Sandbox, SandboxBrokenError
from renderer.settings import PreviewSettings, Settings, WebSettings

# They say nothing about the event.
TRANSIENT = (BrokerUnavailableError, SandboxBrokenError)
READING_PROCESSES = 2

PROBLEMS: ProblemTable = dict.fromkeys(
    (TooManyRenderingsError, TooLateError, SandboxBrokenError), (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable")
)


def run_render(environ: Mapping[str, str]) -> None:
    """Render what is posted and edited until the process is asked to stop."""
    settings = read_settings(Settings, environ, service="renderer")
    amqp_url = settings.amqp_url.get_secret_value()
    renderer = Renderer()
    publisher = Publisher(amqp_url, name="renderer", exchanges=[EVENTS_EXCHANGE, COMMANDS_EXCHANGE])
    handle_all = create_handle_all(renderer.render_quickly, publisher, previews_enabled=settings.previews_enabled)
    handle_slow = create_handle_slow(renderer.render_slowly, publisher, previews_enabled=settings.previews_enabled)
    quick = Consumer(amqp_url, QUEUE, singly(handle_all), name="renderer", transient=TRANSIENT, handle_all=handle_all)
    slow = ParallelConsumer(amqp_url, SLOW_QUEUE, handle_slow, name="renderer.slow", transient=TRANSIENT)

    def run(stopping: threading.Event) -> None:
        require_login(settings.amqp_url, stopping)
        publisher.start()
        beside = threading.Thread(target=slow.run, args=(stopping,), name="slow lane")
        beside.start()
        quick.run(stopping)
        beside.join()
        publisher.close()

    checks = {
        "consumer": lambda: quick.is_ready,
        "slow consumer": lambda: slow.is_ready,
        "publisher": lambda: publisher.is_ready,
    }
    run_worker(run, settings=settings, checks=checks)
    renderer.close()


def run_preview(environ: Mapping[str, str]) -> None:
    """Look at what messages link to until the process is asked to stop."""
    settings = read_settings(PreviewSettings, environ, service="renderer-preview")
    amqp_url = settings.amqp_url.get_secret_value()
    turns, sandbox = HostTurns(), Sandbox(processes=READING_PROCESSES)
    outside = Outside(allowed=settings.preview_allowed_networks, admit=HostRates().admit)
    previewer = Previewer(outside, turns, sandbox.run)
    publisher = Publisher(amqp_url, name="renderer-preview", exchanges=[EVENTS_EXCHANGE])
    # Once they are turned off, what waits is taken, and nothing is looked at.
    handle = create_handle_linked(previewer.preview_all if settings.previews_enabled else lambda _urls: [], publisher)
    consumer = ParallelConsumer(amqp_url, PREVIEW_QUEUE, handle, name="renderer.preview", transient=TRANSIENT)

    def run(stopping: threading.Event) -> None:
        require_login(settings.amqp_url, stopping)
        publisher.start()
        consumer.run(stopping)
        turns.close()
        publisher.close()

    checks = {"consumer": lambda: consumer.is_ready, "publisher": lambda: publisher.is_ready}
    run_worker(run, settings=settings, checks=checks)
    sandbox.close()


def create_app(render: Callable[[str], Rendering], credential: SecretStr, *, port: int) -> Flask:
    """Return the API, which services with *credential* ask on *port*."""
    app = base_app("renderer", checks={}, problems=PROBLEMS)
    guard_internal(app, credential, port=port)
    app.register_blueprint(create_internal(render), url_prefix="/internal")
    return app


def web() -> Flask:
    """Return what gunicorn serves, by threads: what watches over the sandbox cannot live with gevent."""
    settings = read_settings(WebSettings, os.environ, service="renderer-api")
    return create_app(Renderer().render, settings.service_credential, port=settings.internal_port)
