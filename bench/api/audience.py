"""Live clients that do no more than listen.

A whole Socket.IO client would take from the system, with which it shares the machine, much of what is to be measured.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from websocket import WebSocket, WebSocketConnectionClosedException, create_connection

from bench.api.wrk import LoadError

ANSWER_SECONDS = 60.0

# Engine.IO 4 and Socket.IO 5: packets begin with their types.
CONNECT = "40"
PING, PONG = "2", "3"
EVENT = "42"


@contextmanager
def audience(base_url: str, *, clients: int, hear: Callable[[int, dict[str, Any]], object]) -> Iterator[None]:
    """Listen with so many *clients* for as long as the block lasts.

    Args:
        hear: Called with the number of the client and the message that it was told of.
    """
    with ExitStack() as leaving:
        for client in range(clients):
            socket = _connect(base_url)
            thread = threading.Thread(target=_listen, args=(socket, client, hear))
            leaving.callback(thread.join)
            leaving.callback(socket.abort)
            thread.start()
        yield


def _connect(base_url: str) -> WebSocket:
    url = base_url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
    socket = create_connection(url, timeout=ANSWER_SECONDS, skip_utf8_validation=True)
    socket.recv()  # Engine.IO's greeting
    socket.send(CONNECT)
    answer = str(socket.recv())
    if not answer.startswith(CONNECT):
        raise LoadError(f"The connection was answered with {answer}.")
    return socket


def _listen(socket: WebSocket, client: int, hear: Callable[[int, dict[str, Any]], object]) -> None:
    with suppress(WebSocketConnectionClosedException, OSError):
        while packet := str(socket.recv()):
            if packet == PING:
                socket.send(PONG)
            elif packet.startswith(EVENT):
                name, news = json.loads(packet.removeprefix(EVENT))
                if name == "updated_model" and news["class"] == "Message":
                    hear(client, news["model"])
