"""Asking whether something can do its work yet."""

import http.client
import socket
from collections.abc import Callable
from http import HTTPStatus

from tools.native.ports import LOOPBACK

PATIENCE_SECONDS = 2.0

# What a client says first in AMQP 0-9-1, and the frame type with which a broker that is ready answers.
AMQP_GREETING = b"AMQP\x00\x00\x09\x01"
AMQP_METHOD_FRAME = b"\x01"


def answers_http(port: int, path: str) -> Callable[[], bool]:
    """Return what tells whether `GET path` is answered with 200."""

    def is_ready() -> bool:
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return is_ready


def accepts_connections(port: int) -> Callable[[], bool]:
    """Return what tells whether somebody listens on *port*."""

    def is_ready() -> bool:
        try:
            socket.create_connection((LOOPBACK, port), PATIENCE_SECONDS).close()
        except OSError:
            return False
        return True

    return is_ready


def speaks_amqp(port: int) -> Callable[[], bool]:
    """Return what tells whether a broker answers on *port*."""

    def is_ready() -> bool:
        try:
            with socket.create_connection((LOOPBACK, port), PATIENCE_SECONDS) as connection:
                connection.sendall(AMQP_GREETING)
                return connection.recv(1) == AMQP_METHOD_FRAME
        except OSError:
            return False

    return is_ready
