"""Puts push together."""

import os
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import Flask
from flask_socketio import SocketIO

from chassis.clock import utc_now
from chassis.consumer import Consumer
from chassis.envelope import Envelope
from chassis.health import Checks, Health
from chassis.publisher import Publisher
from chassis.runner import in_background, read_settings
from chassis.starting import require_login
from chassis.topology import COMMANDS_EXCHANGE, EVENTS_EXCHANGE
from chassis.verifying import OfflineVerifier
from chassis.web import base_app
from contracts import new_task_id
from push.clients import Clients
from push.draining import drain, let_go, refuse_newcomers
from push.expiry import Expiry
from push.handlers import QUEUE, create_handle
from push.presence import Presence
from push.settings import WebSettings
from push.sockets import Sockets
from push.websocket import MAX_MESSAGE_BYTES, OpenSockets, WebSocket

NOBODY: frozenset[str] = frozenset()


def is_allowed(others: frozenset[str], origin: str | None, environ: Mapping[str, Any]) -> bool:
    """Whether a page of *origin* may connect: one of our own, or of *others*; None is no page at all."""
    # By its host alone: whoever speaks TLS in front of the gateway makes another scheme of it.
    return origin is None or origin.partition("://")[2] == environ.get("HTTP_HOST") or origin in others


def create_socketio(app: Flask, open_sockets: OpenSockets, *, allowed_origins: frozenset[str] = NOBODY) -> SocketIO:
    """Return the Socket.IO server in front of *app*.

    Args:
        open_sockets: Told of every WebSocket.
        allowed_origins: Whose pages may connect, beside those of its own origin.
    """
    socketio = SocketIO(
        app,
        async_mode="gevent",
        manage_session=False,
        max_http_buffer_size=MAX_MESSAGE_BYTES,
        http_compression=False,
        cors_allowed_origins=partial(is_allowed, allowed_origins),
        cors_credentials=False,
    )
    # engineio offers no public way to choose the WebSocket class; a test notices if this one stops working.
    engine = socketio.server.eio
    engine._async = {**engine._async, "websocket": partial(WebSocket, open_sockets=open_sockets)}  # noqa: SLF001
    engine.disconnect = partial(_disconnect, engine)
    return socketio


def _disconnect(engine: Any, client_id: str) -> None:
    # As engineio comes, it waits until the client has fetched what is left for it: for ever, if the client will not.
    connection = engine.sockets.pop(client_id, None)
    if connection is not None:
        connection.close(wait=False)


def web() -> Flask:
    """Return what gunicorn serves: one worker, for a client's requests must all reach the same one."""
    settings = read_settings(WebSettings, os.environ, service="push")
    require_login(settings.amqp_url)
    amqp_url = settings.amqp_url.get_secret_value()
    verifier = OfflineVerifier(
        service="push",
        auth_url=settings.auth_url,
        credential=settings.service_credential,
        amqp_url=settings.amqp_url,
    )
    publisher = Publisher(amqp_url, name="push", exchanges=[EVENTS_EXCHANGE, COMMANDS_EXCHANGE])
    publisher.start()
    consumer: Consumer
    checks: Checks = {"consumer": lambda: consumer.is_ready, "publisher": lambda: publisher.is_ready}
    app = base_app("push", checks={**checks, **verifier.checks}, problems={})
    open_sockets = OpenSockets()
    socketio = create_socketio(app, open_sockets, allowed_origins=settings.origins)
    clients = Clients()
    presence = Presence(publisher, clients)
    expiry = Expiry(socketio, clients, presence, is_good=verifier.is_good, anonymous_read=settings.anonymous_read)
    task_secret = settings.service_credential.get_secret_value().encode()
    sockets = Sockets(
        clients,
        presence,
        publisher=publisher,
        verify=verifier.verify,
        new_task_id=lambda user_id: new_task_id(task_secret, user_id, utc_now()),
        anonymous_read=settings.anonymous_read,
    )
    sockets.register(socketio)
    verifier.follow(on_revoked=expiry.session_ended)
    consumer = _create_consumer(amqp_url, socketio)
    _begin(app, socketio, consumer, open_sockets)
    forever = threading.Event()
    in_background(presence.run, forever)
    in_background(expiry.run, forever)
    app.extensions["finishing"].append(presence.say_farewell)
    return app


def _create_consumer(amqp_url: str, socketio: SocketIO) -> Consumer:
    # Something may have been missed since the last connection to the broker: clients read it when they connect again.
    handle = create_handle(socketio)

    def handle_all(envelopes: Sequence[Envelope]) -> None:
        for envelope in envelopes:
            handle(envelope)

    return Consumer(
        amqp_url,
        QUEUE,
        handle,
        name="push",
        handle_all=handle_all,
        on_connected=partial(in_background, let_go, socketio),
    )


def _begin(app: Flask, socketio: SocketIO, consumer: Consumer, open_sockets: OpenSockets) -> None:
    stopping = threading.Event()
    health: Health = app.extensions["health"]
    app.wsgi_app = refuse_newcomers(app.wsgi_app, health)  # type: ignore[method-assign, assignment]
    in_background(consumer.run, stopping)
    in_background(drain, socketio, open_sockets, health=health, end=stopping.set)
