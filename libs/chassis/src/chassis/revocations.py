"""Sessions that ended before their tokens did, known to every instance that verifies tokens."""

import threading
import time
from collections.abc import Callable
from typing import TypeAlias

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
# However it is with the broker and with auth's relay, nobody who has left is let in for longer.
POLL_SECONDS = 1.0
# Auth may commit a revocation so long after the time that it has: longer than its database lets transactions live.
OVERLAP_SECONDS = 60

OnRevoked: TypeAlias = Callable[[str], object]


def tell_nobody(_session_id: str) -> None:
    """Do nothing about a session that has ended."""


class RevocationsUnknownError(Exception):
    """Auth has not told yet which sessions have ended, so that no token can be trusted."""


class Revocations:
    """Ended sessions, each until its last token has run out by itself.

    Args:
        now: Epoch seconds.

    Attributes:
        on_revoked: Called with the id of every one that is added.
        is_complete: Whether auth was asked at all.
        known_until: The time, by auth's clock and in epoch seconds, up to which auth has told of all; 0 at first.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self.on_revoked: OnRevoked = tell_nobody
        self._expiries: dict[str, int] = {}
        self._prune_at = FIRST_PRUNE
        self.is_complete = False
        self.known_until = 0

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
        self.on_revoked(session_id)

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
    since = max(0, revocations.known_until - OVERLAP_SECONDS)
    answer = auth.call("GET", f"/revocations?since={since}")
    for revoked in answer["revoked"]:
        revocations.add(revoked["session_id"], revoked["expires_at"])
    revocations.known_until = answer["now"]
    revocations.is_complete = True


def queue_of(service: str) -> InstanceQueue:
    """Return the queue by which a process of *service* hears of sessions that end."""
    return InstanceQueue(prefix=f"{service}.revocations", types=(SessionRevoked.type,))


def follow_revocations(
    revocations: Revocations,
    *,
    amqp_url: str,
    auth: InternalClient,
    service: str,
    stopping: threading.Event,
) -> Consumer:
    """Keep *revocations* up to date, on a thread of its own, until *stopping* is set.

    Auth is asked at once, each time that the queue has been bound, so that nothing falls between, and again each
    second: the broker, or what publishes there, may be away.
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
        queue_of(service),
        handle,
        name=f"{service}-revocations",
        on_connected=catch_up,
    )

    def follow() -> None:
        catch_up()
        consumer.run(stopping)

    def ask_again_and_again() -> None:
        while not stopping.wait(POLL_SECONDS):
            if revocations.is_complete:
                ask_once(revocations, auth)

    for run in (follow, ask_again_and_again):
        threading.Thread(target=run, name="revocations", daemon=True).start()
    return consumer


def ask_once(revocations: Revocations, auth: InternalClient) -> None:
    """Learn from auth what has ended; if it does not answer, it is asked again soon."""
    try:
        read_back(revocations, auth)
    except ServiceUnavailableError as error:
        log.warning("revocations_unavailable", error=str(error))
