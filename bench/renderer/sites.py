"""Sites on this machine that take their time."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.native import Stack

# All of the network is this machine; each address counts as a site.
NETWORK = "127.9.0.0/16"
HOME = Path(__file__).parents[2] / ".flack" / "bench"
PAGE = b"<!doctype html><title>At last</title><meta name=description content='It took a while.'>"


class SlowSites:
    """Answer each request for a page after *seconds*, on as many addresses as are asked for.

    There is no robots.txt, which is said at once.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.port = 0
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        threading.Thread(target=self._run, args=(started,), daemon=True).start()
        started.wait()

    def url(self, number: int, *, site: int = 0) -> str:
        """Return the address of page *number* of *site*."""
        return f"http://127.9.{site // 250}.{1 + site % 250}:{self.port}/{number}"

    def close(self) -> None:
        """Be gone."""
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _run(self, started: threading.Event) -> None:
        server = self._loop.run_until_complete(asyncio.start_server(self._answer, "0.0.0.0", 0))
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        self._loop.run_forever()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        if request.startswith(b"GET /robots.txt"):
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        else:
            await asyncio.sleep(self.seconds)
            head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
            writer.write(head.encode() + PAGE)
        await writer.drain()
        writer.close()


@contextmanager
def beside_slow_sites(seconds: float) -> Iterator[tuple[Stack, SlowSites]]:
    """Run Flack, which may look at sites that take *seconds* to answer."""
    sites = SlowSites(seconds)
    settings = {"RATE_LIMITS_ENABLED": "false", "PREVIEW_ALLOWED_NETWORKS": NETWORK}
    try:
        with Stack(HOME, environment=settings, fresh=True) as stack:
            yield stack, sites
    finally:
        sites.close()
