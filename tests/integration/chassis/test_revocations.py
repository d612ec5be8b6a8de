"""The end of a session is heard from the broker, whatever auth answers when it is asked."""

import threading
import time
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from chassis.confirms import Outcome
from chassis.envelope import Envelope
from chassis.internal import InternalClient
from chassis.publisher import Publisher
from chassis.revocations import Revocations, follow_revocations
from chassis.topology import EVENTS_EXCHANGE
from contracts import SessionRevoked
from tests.integration.backing import Backing
from tests.people import eventually
from tests.unit.chassis.conftest import TinyServer

NOBODY_ENDED = {"revoked": [], "now": int(time.time())}


@pytest.fixture
def silent_auth() -> Iterator[InternalClient]:
    """Knows of no session that has ended."""
    server = TinyServer()
    server.says(NOBODY_ENDED)
    yield InternalClient(server.url, SecretStr("open sesame"))
    server.close()


def test_what_is_published_is_heard(backing: Backing, silent_auth: InternalClient) -> None:
    revocations, stopping = Revocations(), threading.Event()
    heard: list[str] = []
    revocations.on_revoked = heard.append
    url = backing.amqp_url("test")
    consumer = follow_revocations(revocations, amqp_url=url, auth=silent_auth, service="test", stopping=stopping)
    publisher = Publisher(url, name="test", exchanges=[EVENTS_EXCHANGE])
    publisher.start()
    try:
        assert eventually(lambda: consumer.is_ready and publisher.is_ready)
        assert not revocations.is_revoked("s-1")
        event = SessionRevoked(session_id="s-1", user_id=1, expires_at=int(time.time()) + 60)
        assert publisher.publish([Envelope.around(event, source="/test")], timeout_seconds=10) == [Outcome.CONFIRMED]
        assert eventually(lambda: heard == ["s-1"])
        assert revocations.is_revoked("s-1")
    finally:
        stopping.set()
        publisher.close()
