"""The process `python -m SERVICE relay`."""

import threading
from collections.abc import Mapping

from chassis.database import connect, is_reachable
from chassis.publisher import Publisher
from chassis.relay import Relay
from chassis.runner import WorkerSettings, read_settings, run_worker
from chassis.starting import require_database, require_login
from chassis.topology import EVENTS_EXCHANGE
from chassis.urls import AmqpUrl, DatabaseUrl

# Events that are published together; what is more waits for the next look, right after.
BATCH = 200


class RelaySettings(WorkerSettings):
    """What a relay needs: its service's outbox, and the broker."""

    database_url: DatabaseUrl
    amqp_url: AmqpUrl


def run_relay(environ: Mapping[str, str], *, service: str, poll_seconds: float) -> None:
    """Relay the outbox of *service* until the process is asked to stop.

    Args:
        poll_seconds: Longest pause after the outbox was found empty, half of which the first event of many waits.
    """
    name = f"{service}-relay"
    settings = read_settings(RelaySettings, environ, service=name)
    engine = connect(settings.database_url, name=name, pool_size=2)
    publisher = Publisher(settings.amqp_url.get_secret_value(), name=name, exchanges=[EVENTS_EXCHANGE])
    relay = Relay(engine, publisher, batch=BATCH, poll_seconds=poll_seconds)
    checks = {"database": lambda: is_reachable(engine), "broker": lambda: publisher.is_ready}

    def run(stopping: threading.Event) -> None:
        require_database(engine, stopping)
        require_login(settings.amqp_url, stopping)
        publisher.start()
        relay.run(stopping)
        publisher.close()

    run_worker(run, settings=settings, checks=checks)
