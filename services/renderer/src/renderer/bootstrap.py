"""Puts the renderer together."""

import threading
from collections.abc import Mapping

from chassis.amqp import BrokerUnavailableError
from chassis.consumer import Consumer, singly
from chassis.publisher import Publisher
from chassis.runner import read_settings, run_worker
from chassis.starting import require_login
from chassis.topology import EVENTS_EXCHANGE
from renderer.handlers import QUEUE, create_handle_all
from renderer.sandbox import Sandbox, SandboxBrokenError
from renderer.settings import RenderSettings


def run_render(environ: Mapping[str, str]) -> None:
    """Render what is posted and edited until the process is asked to stop."""
    settings = read_settings(RenderSettings, environ, service="renderer")
    amqp_url = settings.amqp_url.get_secret_value()
    sandbox = Sandbox()
    publisher = Publisher(amqp_url, name="renderer", exchanges=[EVENTS_EXCHANGE])
    handle_all = create_handle_all(sandbox.render_all, publisher)
    consumer = Consumer(
        amqp_url,
        QUEUE,
        singly(handle_all),
        name="renderer",
        transient=(BrokerUnavailableError, SandboxBrokenError),
        handle_all=handle_all,
    )
    checks = {"consumer": lambda: consumer.is_ready, "publisher": lambda: publisher.is_ready}

    def run(stopping: threading.Event) -> None:
        require_login(settings.amqp_url, stopping)
        publisher.start()
        consumer.run(stopping)
        publisher.close()

    run_worker(run, settings=settings, checks=checks)
    sandbox.close()
