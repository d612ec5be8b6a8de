"""gunicorn's gevent worker, with care for those who come while it begins or ends.

As gunicorn has it, a worker takes requests before what it stands on is there, notices only after a second that it is
asked to stop, and then hangs up on whoever has been let in by the kernel and not yet by itself.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import gevent
import structlog
from gevent.pool import Pool
from gevent.server import StreamServer
from gunicorn.workers.ggevent import GeventWorker

from chassis.health import Health

log = structlog.get_logger(__name__)

# Nobody is let in before the process is ready, or has had so long for it.
READY_SECONDS = 5.0
POLL_SECONDS = 0.1
# What is left of `graceful_timeout` for hanging up on those who have not finished.
HANG_UP_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Door:
    """What gunicorn asks of the listener at every connection; those that came in last are served after it is closed."""

    name: Any

    def getsockname(self) -> Any:
        """Return the address that it listens at."""
        return self.name


class CarefulWorker(GeventWorker):  # type: ignore[misc]  # gunicorn has no types
    """Opens late and closes gently."""

    def run(self) -> None:
        """Serve until asked to stop; then take in whoever stands at the door, shut it, and finish with all of them.

        Last comes what the application has to finish, `extensions["finishing"]`.
        """
        self._wait_until(lambda: not (self.alive and self._health.failing()), READY_SECONDS)
        servers = [self._open(listener) for listener in self.sockets]
        while self.alive:
            self._beat()
        for server in servers:
            close_door(server)
        self._finish(servers)
        for finish in self.wsgi.extensions["finishing"]:
            finish()

    @property
    def _health(self) -> Health:
        health: Health = self.wsgi.extensions["health"]
        return health

    def _open(self, listener: Any) -> StreamServer:
        listener.setblocking(1)
        server = StreamServer(
            listener, handle=partial(self.handle, Door(listener.getsockname())), spawn=Pool(self.worker_connections)
        )
        server.start()
        return server

    def _finish(self, servers: list[StreamServer]) -> None:
        self._wait_until(
            lambda: not any(server.pool for server in servers), self.cfg.graceful_timeout - HANG_UP_SECONDS
        )
        for server in servers:
            if server.pool:
                log.warning("requests_cut_off", count=len(server.pool))
                server.stop(timeout=0)

    def _wait_until(self, is_so: Callable[[], bool], seconds: float) -> None:
        until = time.monotonic() + seconds
        while not is_so() and time.monotonic() < until:
            self._beat()

    def _beat(self) -> None:
        self.notify()
        gevent.sleep(POLL_SECONDS)


def close_door(server: StreamServer) -> None:
    """Take in every connection that the kernel has made already, and refuse those that come later.

    They would be reset otherwise, requests and all, and a proxy may not repeat a request that it has sent.
    """
    server.stop_accepting()
    while not server.full() and (accepted := server.do_read()):
        server.do_handle(*accepted)
    server.close()
