"""Sessions that ended before their tokens did, known to every instance that verifies tokens."""

import threading
import time
from collections.abc import Callable

import structlog

from chassis.backoff import retry
from chassis.consumer import Consumer
from chassis.envelope import Envelope
from chassis.internal import InternalClient, ServiceUnavailableError
from chassis.topology import InstanceQueue
from contracts import SessionRevoked, UnknownEventError, decode

log = structlog.get_logger(__name__)

# Whenever there are so many, or twice as many as were left the last time, the expired ones are forgotten.
FIRST_PRUNE = 1000


class RevocationsUnknownError(Exception):
    """Auth has not told yet which sessions have ended, so that no token can be trusted."""


class Revocations:
    """Ended sessions, each until its last token has run out by itself.

    Args:
        now: Epoch seconds.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._expiries: dict[str, int] = {}
        self._prune_at = FIRST_PRUNE
        self.is_complete = False

    def __len__(self) -> int:
        """Return how many are remembered."""
        return len(self._expiries)

    def add(self, session_id: str, expires_at: int) -> None:
        """Refuse *session_id* from now on; `expires_at` is in epoch seconds."""
        self._expiries[session_id] = expires_at
        if len(self._expiries) >= self._prune_at:
            now = self._now()
            self._expiries = {sid: at for sid, at in self._expiries.items() if at > now}
            self._prune_at = max(FIRST_PRUNE, 2 * len(self._expiries))

    def is_revoked(self, session_id: str) -> bool:
        """Whether *session_id* has ended.

        Raises:
            RevocationsUnknownError: Nobody can tell yet.
        """
        if not self.is_complete:
            raise RevocationsUnknownError("auth has not been asked yet")
        return session_id in self._expiries


def read_back(revocations: Revocations, auth: InternalClient) -> None:
    """Learn from auth which sessions ended while nobody here was listening.

    Raises:
        ServiceUnavailableError: Auth does not answer.
    """
    for revoked in auth.call("GET", "/revocations")["revoked"]:
        revocations.add(revoked["session_id"], revoked["expires_at"])
    revocations.is_complete = True


def follow_revocations(
    revocations: Revocations,
    *,
    amqp_url: str,
    auth: InternalClient,
    service: str,
    stopping: threading.Event,
) -> Consumer:
    """Keep *revocations* up to date, on a thread of its own, until *stopping* is set.

    Auth is asked at once, for the broker may be away, and again each time that the queue has been bound, so that
    nothing falls between.
    """

    def handle(envelope: Envelope) -> None:
        event = decode(envelope.type, envelope.data)
        if not isinstance(event, SessionRevoked):
            raise UnknownEventError(envelope.type)
        revocations.add(event.session_id, event.expires_at)

    def catch_up() -> None:
        retry(ServiceUnavailableError, what="reads revocations", stopping=stopping)(read_back, revocations, auth)

    consumer = Consumer(
        amqp_url,
        InstanceQueue(prefix=f"{service}.revocations", types=(SessionRevoked.type,)),
        handle,
        name=f"{service}-revocations",
        on_connected=catch_up,
    )

    def follow() -> None:
        catch_up()
        consumer.run(stopping)

    threading.Thread(target=follow, name="revocations", daemon=True).start()
    return consumer
