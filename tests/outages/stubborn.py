"""Clients of push that do not let it go."""

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Thread

import requests
import websocket

SOCKET_IO = "127.0.0.1:{port}/socket.io/?EIO=4"
SMALL_BUFFER = [(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)]


def open_session(port: int) -> str:
    """Open a session of long polls, join it, and return the address of its polls."""
    url = f"http://{SOCKET_IO.format(port=port)}&transport=polling"
    session_id = requests.get(url, timeout=20).text.partition('"sid":"')[2].partition('"')[0]
    url = f"{url}&sid={session_id}"
    assert requests.post(url, data=b"40", timeout=20).status_code == 200
    assert requests.get(url, timeout=20).text.startswith("40")
    return url


@contextmanager
def reads_nothing(port: int) -> Iterator[None]:
    """Listen over a WebSocket, and read nothing of what comes."""
    client = websocket.create_connection(
        f"ws://{SOCKET_IO.format(port=port)}&transport=websocket", sockopt=SMALL_BUFFER
    )
    client.send("40")
    client.recv()
    yield
    client.close(timeout=0)


@contextmanager
def stops_in_an_upgrade(port: int) -> Iterator[None]:
    """Begin to exchange long polls for a WebSocket, and never say that it is done."""
    url = open_session(port).replace("http://", "ws://").replace("polling", "websocket")
    client = websocket.create_connection(url)
    client.send("2probe")
    assert client.recv() == "3probe"
    yield
    client.close(timeout=0)


@contextmanager
def waits_in_a_poll(port: int) -> Iterator[None]:
    """Ask for news, and wait for them."""
    url = open_session(port)
    poll = Thread(target=lambda: requests.get(url, timeout=60))
    poll.start()
    yield
    poll.join()


@contextmanager
def says_nothing(port: int) -> Iterator[None]:
    """Connect, and that is all."""
    with socket.create_connection(("127.0.0.1", port)):
        yield


@contextmanager
def says_half(port: int) -> Iterator[None]:
    """Begin a request, and never finish it."""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET /socket.io/?EIO=4 HTTP/1.1\r\nHost: ")
        yield


STUBBORN: list[Callable[[int], AbstractContextManager[None]]] = [
    reads_nothing,
    stops_in_an_upgrade,
    waits_in_a_poll,
    says_nothing,
    says_half,
]
