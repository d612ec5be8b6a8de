"""Tells clients whose token has ended, before or at its time: `expired_token`.

They stay connected and read on anonymously, where anybody may; where not, they have to connect anew.
"""

import threading
import time
from collections.abc import Callable

import structlog
from flask_socketio import SocketIO

from push.clients import Clients
from push.presence import Presence

log = structlog.get_logger(__name__)

TICK_SECONDS = 0.5


class Expiry:
    """Ends what clients may do with a token when the token ends.

    Args:
        clock: Epoch seconds.
    """

    def __init__(
        self,
        socketio: SocketIO,
        clients: Clients,
        presence: Presence,
        *,
        anonymous_read: bool,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._socketio = socketio
        self._clients = clients
        self._presence = presence
        self._anonymous_read = anonymous_read
        self._clock = clock

    def session_ended(self, session_id: str) -> None:
        """Tell the clients of a login session that it has ended."""
        for client_id in self._clients.of_session(session_id):
            self._end(client_id, reason="revoked")

    def tokens_ran_out(self) -> None:
        """Tell the clients whose token has run out by now."""
        for client_id in self._clients.expired(self._clock()):
            self._end(client_id, reason="expired")

    def run(self, stopping: threading.Event) -> None:
        """Look for tokens that have run out, until *stopping* is set."""
        while not stopping.wait(TICK_SECONDS):
            self.tokens_ran_out()

    def _end(self, client_id: str, *, reason: str) -> None:
        log.info("token_ended", client_id=client_id, reason=reason)
        self._clients.set_proof(client_id, None)
        self._presence.close(client_id)
        self._socketio.emit("expired_token", to=client_id)
        if not self._anonymous_read:
            self._socketio.server.disconnect(client_id)
