"""Puts push together."""

import os
import threading
from functools import partial
from typing import Any

from flask import Flask
from flask_socketio import SocketIO

from chassis.consumer import Consumer
from chassis.health import Checks, Health
from chassis.internal import InternalClient
from chassis.publisher import Publisher
from chassis.runner import read_settings
from chassis.topology import COMMANDS_EXCHANGE, EVENTS_EXCHANGE
from chassis.verifying import offline_verifier
from chassis.web import base_app
from push.clients import Clients
from push.draining import disconnect_when_draining
from push.handlers import QUEUE, create_handle
from push.settings import WebSettings
from push.sockets import Sockets
from push.websocket import MAX_MESSAGE_BYTES, WebSocket


def create_socketio(app: Flask) -> SocketIO:
    """Return the Socket.IO server in front of *app*; only pages of its own origin may connect."""
    socketio = SocketIO(
        app,
        async_mode="gevent",
        manage_session=False,
        max_http_buffer_size=MAX_MESSAGE_BYTES,
        http_compression=False,
    )
    # engineio offers no public way to choose the WebSocket class; a test notices if this one stops working.
    engine = socketio.server.eio
    engine._async = {**engine._async, "websocket": WebSocket}  # noqa: SLF001
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
    amqp_url = settings.amqp_url.get_secret_value()
    auth = InternalClient(settings.auth_url, settings.service_credential)
    verify = offline_verifier(service="push", auth_url=settings.auth_url, amqp_url=settings.amqp_url, auth=auth)
    publisher = Publisher(amqp_url, name="push", exchanges=[EVENTS_EXCHANGE, COMMANDS_EXCHANGE])
    clients = Clients()
    consumer: Consumer
    checks: Checks = {"consumer": lambda: consumer.is_ready, "publisher": lambda: publisher.is_ready}
    app = base_app("push", checks=checks, problems={})
    socketio = create_socketio(app)
    consumer = Consumer(amqp_url, QUEUE, create_handle(socketio), name="push")
    sockets = Sockets(clients, publisher=publisher, verify=verify, anonymous_read=settings.anonymous_read)
    sockets.register(socketio)
    publisher.start()
    threading.Thread(target=consumer.run, args=(threading.Event(),), name="consumer", daemon=True).start()
    health: Health = app.extensions["health"]
    disconnect_when_draining(socketio, health)
    return app
