"""Tells clients whose token has ended, before or at its time: `expired_token`.

It ends with its session, with its time, and with the trust in its key.

They stay connected and read on anonymously, where anybody may; where not, they have to connect anew.
"""

import threading
import time
from collections.abc import Callable

import structlog
from flask_socketio import SocketIO

from chassis.tokens import Principal
from push.clients import Clients
from push.presence import Presence

log = structlog.get_logger(__name__)

TICK_SECONDS = 0.5


class Expiry:
    """Ends what clients may do with a token when the token ends.

    Args:
        is_good: Whether what was proved once still holds.
        clock: Epoch seconds.
    """

    def __init__(
        self,
        socketio: SocketIO,
        clients: Clients,
        presence: Presence,
        *,
        is_good: Callable[[Principal], bool],
        anonymous_read: bool,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._socketio = socketio
        self._clients = clients
        self._presence = presence
        self._is_good = is_good
        self._anonymous_read = anonymous_read
        self._clock = clock

    def session_ended(self, session_id: str) -> None:
        """Tell the clients of a login session that it has ended."""
        for client_id in self._clients.of_session(session_id):
            self._end(client_id, reason="revoked")

    def look(self) -> None:
        """Tell the clients whose token is good for nothing by now."""
        now = self._clock()
        for client_id, principal in self._clients.principals():
            if principal.expires_at <= now or not self._is_good(principal):
                self._end(client_id, reason="expired")

    def run(self, stopping: threading.Event) -> None:
        """Look at all tokens again and again, until *stopping* is set."""
        while not stopping.wait(TICK_SECONDS):
            try:
                self.look()
            except Exception:
                log.exception("unexpected_error")

    def _end(self, client_id: str, *, reason: str) -> None:
        log.info("token_ended", client_id=client_id, reason=reason)
        self._clients.set_proof(client_id, None)
        self._presence.close(client_id)
        self._socketio.emit("expired_token", to=client_id)
        if not self._anonymous_read:
            self._socketio.server.disconnect(client_id)
