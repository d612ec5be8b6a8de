"""What is posted or edited is rendered, what it links to is looked at, and everybody is told."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from chassis.amqp import BrokerUnavailableError
from chassis.confirms import Outcome
from chassis.envelope import Envelope
from chassis.publisher import PUBLISH_SECONDS
from chassis.testing import RecordingPublisher
from contracts import (
    Event,
    MessageEdited,
    MessageLinked,
    MessagePosted,
    MessagePreviewed,
    MessageRendered,
    Preview,
    SessionRevoked,
    SlowRenderingRequested,
    UnknownEventError,
    decode,
)
from renderer.domain import Rendering
from renderer.handlers import (
    PREVIEW_QUEUE,
    QUEUE,
    SLOW_QUEUE,
    create_handle_all,
    create_handle_linked,
    create_handle_slow,
)

POSTED = MessagePosted(message_id=7, version=1, author_id=2, source="hello")
EDITED = MessageEdited(message_id=7, version=4, author_id=2, source="hullo")
SLOW = SlowRenderingRequested(message_id=7, version=4, source="slow <b>")
REVOKED = SessionRevoked(session_id="s-1", user_id=2, expires_at=0)
LINK = "http://a.example/"
LINKED = MessageLinked(message_id=7, version=4, links=(LINK,))


def shout(source: str) -> Rendering | None:
    links = (source,) if "://" in source else ()
    return None if "slow" in source else Rendering(html=f"<p>{source.upper()}</p>", links=links)


def shout_all(sources: Sequence[str]) -> list[Rendering | None]:
    return [shout(source) for source in sources]


def around(event: Event) -> Envelope:
    return Envelope.around(event, source="/test")


def told(publisher: RecordingPublisher) -> list[Event]:
    return [decode(envelope.type, envelope.data) for envelope in publisher.published]


def rendered(html: str, *, version: int = 1, links: tuple[str, ...] = (), failed: bool = False) -> MessageRendered:
    return MessageRendered(message_id=7, version=version, html=html, links=links, failed=failed)


class Selective(RecordingPublisher):
    """Has a word of its own for some types."""

    def __init__(self, outcomes: Mapping[str, Outcome]) -> None:
        super().__init__()
        self._outcomes = outcomes

    def publish(self, envelopes: Sequence[Envelope], *, timeout_seconds: float = PUBLISH_SECONDS) -> list[Outcome]:
        """Keep *envelopes*."""
        confirmed = super().publish(envelopes, timeout_seconds=timeout_seconds)
        return [self._outcomes.get(each.type, outcome) for each, outcome in zip(envelopes, confirmed, strict=True)]


@pytest.fixture
def publisher() -> RecordingPublisher:
    return RecordingPublisher()


def render(publisher: RecordingPublisher, *events: Event, previews_enabled: bool = True) -> None:
    create_handle_all(shout_all, publisher, previews_enabled=previews_enabled)([around(event) for event in events])


def render_slowly(publisher: RecordingPublisher, event: Event) -> None:
    create_handle_slow(lambda _source: None, publisher, previews_enabled=True)(around(event))


@pytest.mark.parametrize(("event", "html"), [(POSTED, "<p>HELLO</p>"), (EDITED, "<p>HULLO</p>")])
def test_the_html_belongs_to_the_version_of_its_source(
    publisher: RecordingPublisher, event: MessagePosted | MessageEdited, html: str
) -> None:
    render(publisher, event)
    assert told(publisher) == [rendered(html, version=event.version)]
    assert publisher.published[0].source == "/renderer"


def test_the_queues_take_what_can_be_handled() -> None:
    assert set(QUEUE.types) == {POSTED.type, EDITED.type}
    assert set(SLOW_QUEUE.types) == {SLOW.type}
    assert set(PREVIEW_QUEUE.types) == {LINKED.type}


def test_nothing_else_is_handled(publisher: RecordingPublisher) -> None:
    with pytest.raises(UnknownEventError):
        render(publisher, REVOKED)
    with pytest.raises(UnknownEventError):
        render_slowly(publisher, REVOKED)
    with pytest.raises(UnknownEventError):
        create_handle_linked(lambda _links: [], publisher)(around(POSTED))
    assert publisher.published == []


def test_several_are_rendered_together_each_for_its_own_message(publisher: RecordingPublisher) -> None:
    envelopes = [
        replace(around(replace(POSTED, message_id=number, source=f"s{number}")), correlation_id=f"c-{number}")
        for number in range(5)
    ]
    create_handle_all(shout_all, publisher, previews_enabled=True)(envelopes)
    assert told(publisher) == [
        MessageRendered(message_id=number, version=1, html=f"<p>S{number}</p>") for number in range(5)
    ]
    assert [each.correlation_id for each in publisher.published] == [f"c-{number}" for number in range(5)]


def test_what_takes_long_is_put_aside_and_holds_nobody_back(publisher: RecordingPublisher) -> None:
    render(publisher, POSTED, replace(EDITED, source=SLOW.source))
    assert told(publisher) == [rendered("<p>HELLO</p>"), SLOW]


def test_what_was_put_aside_is_rendered_all_the_same(publisher: RecordingPublisher) -> None:
    handle = create_handle_slow(
        lambda source: Rendering(html=source.upper(), links=()), publisher, previews_enabled=True
    )
    handle(around(SLOW))
    assert told(publisher) == [rendered("SLOW <B>", version=4)]


def test_what_cannot_be_rendered_is_shown_as_text_and_says_so(publisher: RecordingPublisher) -> None:
    render_slowly(publisher, SLOW)
    assert told(publisher) == [rendered("slow &lt;b&gt;", version=4, failed=True)]


@pytest.mark.parametrize("previews_enabled", [True, False])
def test_whoever_makes_previews_is_told_of_links_if_anybody_wants_any(
    publisher: RecordingPublisher, *, previews_enabled: bool
) -> None:
    render(publisher, replace(EDITED, source=LINK), previews_enabled=previews_enabled)
    events = told(publisher)
    assert events[0] == rendered(f"<p>{LINK.upper()}</p>", version=4, links=(LINK,))
    assert events[1:] == ([LINKED] if previews_enabled else [])


def test_what_links_lead_to_belongs_to_the_version_of_the_source(publisher: RecordingPublisher) -> None:
    found = Preview(url=LINK, title="A")
    create_handle_linked(lambda links: [found] if links == (LINK,) else [], publisher)(around(LINKED))
    assert told(publisher) == [MessagePreviewed(message_id=7, version=4, previews=(found,))]


def test_of_links_that_lead_nowhere_nobody_is_told(publisher: RecordingPublisher) -> None:
    create_handle_linked(lambda _links: [], publisher)(around(LINKED))
    assert publisher.published == []


@pytest.mark.parametrize("outcome", [None, Outcome.REFUSED, Outcome.UNROUTABLE])
def test_what_the_broker_has_not_confirmed_is_tried_again(outcome: Outcome | None) -> None:
    publisher = RecordingPublisher(outcome)
    with pytest.raises(BrokerUnavailableError):
        render(publisher, POSTED)
    with pytest.raises(BrokerUnavailableError):
        render_slowly(publisher, SLOW)
    with pytest.raises(BrokerUnavailableError):
        create_handle_linked(lambda _links: [Preview(url=LINK)], publisher)(around(LINKED))


@pytest.mark.parametrize("outcome", [Outcome.UNROUTABLE, Outcome.REFUSED])
def test_a_rendering_waits_for_nobody_who_makes_previews(outcome: Outcome) -> None:
    publisher = Selective({LINKED.type: outcome})
    render(publisher, replace(EDITED, source=LINK))
    assert len(publisher.published) == 2


def test_what_takes_long_is_shown_as_text_once_too_much_of_it_waits() -> None:
    publisher = Selective({SLOW.type: Outcome.REFUSED})
    render(publisher, POSTED, replace(EDITED, source=SLOW.source))
    assert told(publisher) == [rendered("<p>HELLO</p>"), SLOW, rendered("slow &lt;b&gt;", version=4, failed=True)]


def test_what_takes_long_is_not_given_up_while_nobody_is_there_to_render_it() -> None:
    with pytest.raises(BrokerUnavailableError):
        render(Selective({SLOW.type: Outcome.UNROUTABLE}), replace(EDITED, source=SLOW.source))
