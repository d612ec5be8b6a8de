"""A real web server on loopback, and applications without anything behind them."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask import Flask

from chassis.web import base_app


class TinyServer:
    """Answers every request as it is told to, and remembers what it was asked.

    Attributes:
        status, body, headers: The next answer.
        asked: Method and path of every request so far.
        got: Headers and body of the last one.
    """

    def __init__(self) -> None:
        self.status = 200
        self.body = b""
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        self.got: tuple[dict[str, str], bytes] = ({}, b"")
        tiny = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                tiny.got = ({name.lower(): value for name, value in self.headers.items()}, self.rfile.read(length))
                tiny.asked.append(f"{self.command} {self.path}")
                self.send_response(tiny.status)
                for name, value in {"Content-Length": str(len(tiny.body)), **tiny.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(tiny.body)

            do_GET = do_PUT = do_POST = answer  # noqa: N815 - the base class calls them so

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def says(self, data: Any) -> None:
        """Answer with *data* as JSON from now on."""
        self.status = 200
        self.body = json.dumps(data).encode()

    def close(self) -> None:
        """Stop to listen."""
        self._server.shutdown()
        self._server.server_close()


class Watch:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def server() -> Iterator[TinyServer]:
    tiny = TinyServer()
    yield tiny
    tiny.close()


@pytest.fixture
def app_with() -> Callable[[Callable[[], Any]], Flask]:
    """Makes an application whose `/view` is the given function."""

    def create(view: Callable[[], Any], **options: Any) -> Flask:
        app = base_app("test", checks={}, problems=options.get("problems", {}))
        app.add_url_rule("/view", view_func=view, endpoint="view", methods=options.get("methods", ["GET", "POST"]))
        return app

    return create
