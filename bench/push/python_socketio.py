"""python-socketio as it comes.

`GET /emit?first=0&count=100&gap_us=0&turns=1` makes it tell all clients of so many messages. With `turns` others may
do something between two of them, as they do when each comes from somewhere else. `PARAGRAPHS` says how long they are.
"""

import os
import time
from collections.abc import Iterable
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIEnvironment

import socketio

from bench.push.message import stamped

ARGUMENTS = ("first", "count", "gap_us", "turns")
PARAGRAPHS = int(os.environ["PARAGRAPHS"])

server = socketio.Server(async_mode="gevent")


def emit(first: int, count: int, gap_us: int, turns: int) -> None:
    """Tell all clients of messages, one every *gap_us* microseconds, or as fast as it goes."""
    began_ns = time.monotonic_ns()
    for number in range(count):
        due_ns = began_ns + number * gap_us * 1000
        if turns:
            server.sleep(max(0.0, (due_ns - time.monotonic_ns()) / 1e9))
        news = {"class": "Message", "model": stamped(first + number, at_ns=due_ns, paragraphs=PARAGRAPHS)}
        server.emit("updated_model", news)


def asked(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Begin what the query asks for."""
    query = parse_qs(environ["QUERY_STRING"])
    if "count" in query:
        server.start_background_task(emit, *(int(query[name][0]) for name in ARGUMENTS))
    start_response("202 Accepted" if "count" in query else "200 OK", [("Content-Length", "0")])
    return []


app = socketio.WSGIApp(server, asked)
