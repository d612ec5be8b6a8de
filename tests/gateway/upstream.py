"""What stands behind the gateway in its own tests: it answers as it is told, when it is told."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANYBODYS = "s-maxage=1, stale-while-revalidate=1"
PATIENCE_SECONDS = 20.0


class Upstream:
    """A service.

    Attributes:
        asked: What it was asked so far: path and Authorization.
        client: Whom the gateway said that it asked for last.
        status, body, cache_control: The next answer; an empty header is left out.
        may_answer: Answers wait for it.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.client = ""
        self.status = 200
        self.body = "first"
        self.cache_control = ANYBODYS
        self.may_answer = threading.Event()
        self.may_answer.set()
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                tag = f'W/"{upstream.body}"'
                is_known = self.headers.get("If-None-Match") == tag
                body = b"" if is_known else upstream.body.encode()
                upstream.asked.append((self.path, self.headers.get("Authorization", "")))
                upstream.client = self.headers.get("X-Forwarded-For", "")
                upstream.may_answer.wait(PATIENCE_SECONDS)
                self.send_response(304 if is_known else upstream.status)
                self.send_header("Content-Type", "application/json")
                if not is_known:
                    self.send_header("Content-Length", str(len(body)))
                if upstream.cache_control:
                    self.send_header("Cache-Control", upstream.cache_control)
                self.send_header("ETag", tag)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Stop to listen."""
        self.may_answer.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512
