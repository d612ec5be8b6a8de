"""What is posted or edited is rendered, and everybody is told."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from chassis.amqp import BrokerUnavailableError
from chassis.confirms import Outcome
from chassis.envelope import Envelope
from chassis.testing import RecordingPublisher
from contracts import (
    Event,
    MessageEdited,
    MessagePosted,
    MessageRendered,
    SessionRevoked,
    UnknownEventError,
    decode,
)
from renderer.handlers import QUEUE, create_handle_all

POSTED = MessagePosted(message_id=7, version=1, author_id=2, source="hello")
EDITED = MessageEdited(message_id=7, version=4, author_id=2, source="hullo")
REVOKED = SessionRevoked(session_id="s-1", user_id=2, expires_at=0)


def shout(sources: Sequence[str]) -> list[str]:
    return [f"<p>{source.upper()}</p>" for source in sources]


def around(event: Event) -> Envelope:
    return Envelope.around(event, source="/test")


@pytest.mark.parametrize(("event", "html"), [(POSTED, "<p>HELLO</p>"), (EDITED, "<p>HULLO</p>")])
def test_the_html_belongs_to_the_version_of_its_source(event: MessagePosted | MessageEdited, html: str) -> None:
    publisher = RecordingPublisher()
    create_handle_all(shout, publisher)([around(event)])
    [envelope] = publisher.published
    rendered = MessageRendered(message_id=7, version=event.version, html=html)
    assert decode(envelope.type, envelope.data) == rendered
    assert envelope.source == "/renderer"


def test_the_queue_takes_what_can_be_rendered() -> None:
    assert set(QUEUE.types) == {POSTED.type, EDITED.type}


def test_nothing_else_is_rendered() -> None:
    publisher = RecordingPublisher()
    with pytest.raises(UnknownEventError):
        create_handle_all(shout, publisher)([around(POSTED), around(REVOKED)])
    assert publisher.published == []


@pytest.mark.parametrize("outcome", [None, Outcome.REFUSED, Outcome.UNROUTABLE])
def test_what_the_broker_did_not_take_is_not_done(outcome: Outcome | None) -> None:
    with pytest.raises(BrokerUnavailableError):
        create_handle_all(shout, RecordingPublisher(outcome))([around(POSTED)])


def test_what_waits_is_published_together_and_each_bears_the_id_of_its_cause() -> None:
    publisher = RecordingPublisher()
    create_handle_all(shout, publisher)(
        [replace(around(event), correlation_id=event.type) for event in (POSTED, EDITED)]
    )
    assert [each.correlation_id for each in publisher.published] == [POSTED.type, EDITED.type]
