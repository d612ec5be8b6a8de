"""A web site of the tests' own."""

import random
import threading
from collections import Counter
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# Nothing else is here: to let somebody look at it opens nothing of this machine.
SITE_NETWORK = "127.9.0.0/16"


def site_address() -> str:
    """Return an address of `SITE_NETWORK`; each test has its own, since so much and no more is asked of one."""
    return f"127.9.{random.randrange(256)}.{random.randrange(1, 255)}"


class Site:
    """Answers with what it was told, by path; 404 otherwise.

    Args:
        address: Where others reach it.
        bound_to: Where it listens.

    Attributes:
        asked: How often, by path.
        gate: What every page waits for; open at first.
    """

    def __init__(self, address: str, bound_to: str) -> None:
        self.asked: Counter[str] = Counter()
        self.agents: set[str | None] = set()
        self.gate = threading.Event()
        self.gate.set()
        self._pages: dict[str, bytes] = {}
        self._server = ThreadingHTTPServer((bound_to, 0), self._handler())
        self._server.daemon_threads = True
        self.root = f"http://{address}:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def put(self, path: str, body: str) -> str:
        """Have *path* show *body*, and return its URL."""
        self._pages[path] = body.encode()
        return self.root + path

    def close(self) -> None:
        """Be gone."""
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked[self.path] += 1
                site.agents.add(self.headers["User-Agent"])
                body = site._pages.get(self.path)
                if body is not None and not self.path.endswith(".txt"):
                    site.gate.wait()
                self.send_response(200 if body is not None else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                with suppress(OSError):  # nobody may be waiting any more
                    self.wfile.write(body or b"")

            def log_message(self, *_arguments: Any) -> None:
                """Be quiet."""

        return Handler
