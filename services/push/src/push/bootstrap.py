"""Puts push together."""

import os
import threading
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, NoReturn

from flask import Flask, abort
from flask_socketio import SocketIO

from chassis.clock import utc_now
from chassis.consumer import Consumer, singly
from chassis.health import Checks, Health
from chassis.internal import InternalClient
from chassis.publisher import Publisher
from chassis.runner import in_background, read_settings
from chassis.starting import require_login
from chassis.topology import COMMANDS_EXCHANGE, EVENTS_EXCHANGE
from chassis.verifying import OfflineVerifier
from chassis.web import base_app
from contracts import new_task_id
from push.catching_up import CatchingUp
from push.changes import read_changes
from push.clients import Clients
from push.draining import drain, let_go, refuse_newcomers
from push.engine import look_after, measure, wait_for_nobody
from push.expiry import Expiry
from push.fan_out import FanOut
from push.handlers import QUEUE, create_handle_all
from push.limits import Limits
from push.news import News
from push.packets import Json, TextPacket, cut_off_malformed
from push.presence import Presence
from push.settings import WebSettings
from push.sockets import Sockets
from push.syncing import Syncing
from push.websocket import MAX_MESSAGE_BYTES

NOBODY: frozenset[str] = frozenset()


def is_allowed(others: frozenset[str], origin: str | None, environ: Mapping[str, Any]) -> bool:
    """Whether a page of *origin* may connect: one of our own, or of *others*; None is no page at all."""
    # By its host alone: whoever speaks TLS in front of the gateway makes another scheme of it.
    return origin is None or origin.partition("://")[2] == environ.get("HTTP_HOST") or origin in others


def create_socketio(app: Flask, *, allowed_origins: frozenset[str] = NOBODY) -> SocketIO:
    """Return the Socket.IO server in front of *app*.

    Args:
        allowed_origins: Whose pages may connect, beside those of its own origin.
    """
    socketio = SocketIO(
        app,
        async_mode="gevent",
        client_manager=FanOut(),
        manage_session=False,
        monitor_clients=False,  # which would keep those who left for a while; `look_after` does it
        serializer=TextPacket,
        json=Json,
        max_http_buffer_size=MAX_MESSAGE_BYTES,
        http_compression=False,
        cors_allowed_origins=partial(is_allowed, allowed_origins),
        cors_credentials=False,
    )
    # Flask looks for a view at every event. If it found none, there would be an error each time, which keeps all that
    # is on the stack, connections included, until somebody looks for garbage.
    for is_websocket in (False, True):
        app.add_url_rule("/socket.io/", view_func=_never_called, websocket=is_websocket)
    wait_for_nobody(socketio.server.eio)
    measure(socketio.server.eio)
    cut_off_malformed(socketio.server.eio)
    return socketio


def _never_called() -> NoReturn:
    abort(HTTPStatus.NOT_FOUND)


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
    socketio = create_socketio(app, allowed_origins=settings.origins)
    clients = Clients()
    presence = Presence(publisher, clients)
    expiry = Expiry(socketio, clients, presence, is_good=verifier.is_good, anonymous_read=settings.anonymous_read)
    task_secret = settings.service_credential.get_secret_value().encode()
    messages = InternalClient(settings.messages_url, settings.service_credential)
    sockets = Sockets(
        clients,
        presence,
        publisher=publisher,
        verify=verifier.verify,
        new_task_id=lambda user_id: new_task_id(task_secret, user_id, utc_now()),
        changes_after=Syncing(partial(read_changes, messages)).after,
        anonymous_read=settings.anonymous_read,
        limits=Limits(is_enabled=settings.rate_limits_enabled),
    )
    sockets.register(socketio)
    verifier.follow(on_revoked=expiry.session_ended)
    news = News(socketio.server.manager.tell_all)
    catching_up = CatchingUp(partial(read_changes, messages), news, let_go=partial(let_go, socketio.server.eio))
    consumer = _create_consumer(amqp_url, news, catching_up)
    _begin(app, socketio, consumer)
    forever = threading.Event()
    in_background(look_after, socketio.server.eio, forever)
    in_background(catching_up.run, forever)
    in_background(presence.run, forever)
    in_background(expiry.run, forever)
    app.extensions["finishing"].append(presence.say_farewell)
    return app


def _create_consumer(amqp_url: str, news: News, catching_up: CatchingUp) -> Consumer:
    handle_all = create_handle_all(news, catching_up.mark)
    return Consumer(
        amqp_url,
        QUEUE,
        singly(handle_all),
        name="push",
        handle_all=handle_all,
        # Something may have been missed since the last connection to the broker.
        on_connected=catching_up.miss,
        on_checked=catching_up.queue_checked,
    )


def _begin(app: Flask, socketio: SocketIO, consumer: Consumer) -> None:
    stopping = threading.Event()
    health: Health = app.extensions["health"]
    app.wsgi_app = refuse_newcomers(app.wsgi_app, health)  # type: ignore[method-assign, assignment]
    in_background(consumer.run, stopping)
    in_background(drain, socketio.server.eio, health=health, end=stopping.set)
