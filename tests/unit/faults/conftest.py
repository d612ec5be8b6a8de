"""A server that answers as a test says, on a port of its own."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

POLL_SECONDS = 0.02

# What was asked, and what was sent with it, to the answer: a status and its JSON; None hangs up.
Answer = Callable[[str, Any], tuple[int, Any] | None]


class Server:
    """Real HTTP, with answers that a test may change at any time.

    Attributes:
        asked: The paths in the order in which they came, with what was sent.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.answer: Answer = lambda _path, _body: (200, {})
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.http.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self.http.server_port}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "null")
                server.asked.append((self.path, body))
                answer = server.answer(self.path, body)
                if answer is not None:
                    self.send_response(answer[0])
                    self.end_headers()
                    self.wfile.write(json.dumps(answer[1]).encode())

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_arguments: object) -> None:
                """Say nothing: tests read `asked`."""

        return Handler


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.http.serve_forever, args=(POLL_SECONDS,), daemon=True)
    thread.start()
    yield server
    server.http.shutdown()
    server.http.server_close()
    thread.join()
