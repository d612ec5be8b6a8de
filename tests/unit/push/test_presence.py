"""Whoever is connected is told once the broker hears it, and nobody is told twice without need."""

from collections.abc import Iterator

import pytest

from chassis.amqp import BrokerUnavailableError
from chassis.confirms import Outcome
from chassis.testing import RecordingPublisher
from contracts import ClientConnected, ClientDisconnected, Event, PushHeartbeat, decode
from push.clients import Clients
from push.presence import AT_A_TIME, HEARTBEAT_SECONDS, UNHEARD_SECONDS, Presence


class Clock:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def presence(publisher: RecordingPublisher, clients: Clients, clock: Clock) -> Presence:
    return Presence(publisher, clients, clock)


def come(presence: Presence, clients: Clients, client_id: str, user_id: int = 1) -> None:
    clients.add(client_id)
    presence.open(client_id, user_id)


def go(presence: Presence, clients: Clients, client_id: str) -> None:
    clients.remove(client_id)
    presence.close(client_id)


def told(publisher: RecordingPublisher) -> list[Event]:
    """What was told since the last time."""
    events = [decode(envelope.type, envelope.data) for envelope in publisher.published]
    publisher.published.clear()
    return events


def told_of_clients(publisher: RecordingPublisher) -> list[Event]:
    return [event for event in told(publisher) if not isinstance(event, PushHeartbeat)]


def here(presence: Presence, client_id: str, user_id: int = 1) -> ClientConnected:
    return ClientConnected(client_id=client_id, user_id=user_id, replica=presence.replica)


def gone(presence: Presence, client_id: str, user_id: int = 1) -> ClientDisconnected:
    return ClientDisconnected(client_id=client_id, user_id=user_id, replica=presence.replica)


def beat(presence: Presence, client_count: int) -> PushHeartbeat:
    return PushHeartbeat(replica=presence.replica, client_count=client_count)


@pytest.fixture
def unheard(publisher: RecordingPublisher) -> Iterator[None]:
    """The broker is away, until the test lets it come back."""
    publisher.outcome = None
    yield
    assert publisher.outcome is Outcome.CONFIRMED


def fail_to_tell(presence: Presence) -> None:
    with pytest.raises(BrokerUnavailableError):
        presence.tell()


def test_a_replica_tells_at_once_and_then_from_time_to_time_that_it_lives(
    presence: Presence, clients: Clients, publisher: RecordingPublisher, clock: Clock
) -> None:
    presence.tell()
    assert told(publisher) == [beat(presence, 0)]
    clients.add("anonymous")
    clock.now += HEARTBEAT_SECONDS - 0.1
    presence.tell()
    assert told(publisher) == []
    clock.now += 0.1
    presence.tell()
    assert told(publisher) == [beat(presence, 1)]


def test_whoever_comes_and_goes_is_told_once(
    presence: Presence, clients: Clients, publisher: RecordingPublisher
) -> None:
    come(presence, clients, "c-1")
    presence.open("c-1", 1)
    come(presence, clients, "c-2")
    presence.tell()
    assert told_of_clients(publisher) == [here(presence, "c-1"), here(presence, "c-2")]
    go(presence, clients, "c-1")
    presence.close("c-1")
    for _ in range(2):
        presence.tell()
    assert told(publisher) == [gone(presence, "c-1")]


def test_whoever_is_gone_before_it_was_told_is_told_to_be_gone(
    presence: Presence, clients: Clients, publisher: RecordingPublisher
) -> None:
    come(presence, clients, "c-1")
    go(presence, clients, "c-1")
    presence.tell()
    assert told_of_clients(publisher) == [gone(presence, "c-1")]


def test_of_two_who_use_one_connection_the_last_is_there(
    presence: Presence, clients: Clients, publisher: RecordingPublisher
) -> None:
    come(presence, clients, "c-1", 1)
    presence.tell()
    presence.open("c-1", 2)
    presence.tell()
    assert told_of_clients(publisher) == [
        here(presence, "c-1", 1),
        gone(presence, "c-1", 1),
        here(presence, "c-1.1", 2),
    ]
    go(presence, clients, "c-1")
    presence.tell()
    assert told_of_clients(publisher) == [gone(presence, "c-1.1", 2)]


def test_nobody_is_there_on_a_connection_that_is_closed(presence: Presence, publisher: RecordingPublisher) -> None:
    presence.open("c-1", 1)
    presence.tell()
    assert told_of_clients(publisher) == []


def test_a_crowd_is_told_bit_by_bit(presence: Presence, clients: Clients, publisher: RecordingPublisher) -> None:
    sizes: list[int] = []
    publish = publisher.publish
    publisher.publish = lambda envelopes, **options: sizes.append(len(envelopes)) or publish(envelopes, **options)  # type: ignore[method-assign, func-returns-value]
    for number in range(2 * AT_A_TIME + 1):
        come(presence, clients, f"c-{number}")
    presence.tell()
    assert sizes == [1, AT_A_TIME, AT_A_TIME, 1]


@pytest.mark.usefixtures("unheard")
def test_what_happens_while_the_broker_is_away_is_told_when_it_is_back(
    presence: Presence, clients: Clients, publisher: RecordingPublisher, clock: Clock
) -> None:
    before = presence.replica
    come(presence, clients, "c-1")
    fail_to_tell(presence)
    come(presence, clients, "c-2")
    go(presence, clients, "c-1")
    clock.now += UNHEARD_SECONDS - 0.1
    publisher.outcome = Outcome.CONFIRMED
    presence.tell()
    assert told(publisher) == [beat(presence, 1), gone(presence, "c-1"), here(presence, "c-2")]
    assert presence.replica == before


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNROUTABLE])
def test_what_the_broker_does_not_take_is_told_again(
    presence: Presence, clients: Clients, publisher: RecordingPublisher, outcome: Outcome
) -> None:
    presence.tell()
    publisher.outcome = outcome
    come(presence, clients, "c-1")
    fail_to_tell(presence)
    told(publisher)
    publisher.outcome = Outcome.CONFIRMED
    presence.tell()
    assert told(publisher) == [here(presence, "c-1")]


def test_whoever_goes_while_their_coming_is_told_is_told_to_be_gone(
    presence: Presence, clients: Clients, publisher: RecordingPublisher
) -> None:
    presence.tell()
    told(publisher)
    come(presence, clients, "c-1")
    publish = publisher.publish

    def publish_meanwhile(*arguments: object, **options: object) -> list[Outcome]:
        publisher.publish = publish  # type: ignore[method-assign]
        go(presence, clients, "c-1")
        return publish(*arguments, **options)  # type: ignore[arg-type]

    publisher.publish = publish_meanwhile  # type: ignore[method-assign]
    presence.tell()
    assert told(publisher) == [here(presence, "c-1"), gone(presence, "c-1")]


@pytest.mark.usefixtures("unheard")
def test_a_replica_that_was_unheard_for_long_begins_anew_with_who_is_there(
    presence: Presence, clients: Clients, publisher: RecordingPublisher, clock: Clock
) -> None:
    publisher.outcome = Outcome.CONFIRMED
    for client_id in ("c-1", "c-2"):
        come(presence, clients, client_id)
    presence.tell()
    before, publisher.outcome = presence.replica, None
    told(publisher)
    go(presence, clients, "c-1")
    clock.now += UNHEARD_SECONDS
    fail_to_tell(presence)
    publisher.outcome = Outcome.CONFIRMED
    presence.tell()
    assert told(publisher) == [beat(presence, 1), here(presence, "c-2")]
    assert presence.replica != before


def test_whoever_shows_that_they_are_there_is_told_at_once(
    presence: Presence, clients: Clients, publisher: RecordingPublisher
) -> None:
    clients.add("c-1")
    presence.show("c-1", 1)
    assert told(publisher) == [here(presence, "c-1")]
    publisher.outcome = None
    with pytest.raises(BrokerUnavailableError):
        presence.show("c-1", 1)


def test_a_replica_that_ends_says_that_all_are_gone(
    presence: Presence, clients: Clients, publisher: RecordingPublisher
) -> None:
    come(presence, clients, "c-1")
    come(presence, clients, "c-2", 2)
    presence.tell()
    told(publisher)
    presence.say_farewell()
    assert told(publisher) == [gone(presence, "c-1"), gone(presence, "c-2", 2), beat(presence, 0)]


def test_a_broker_that_is_away_keeps_no_replica_from_ending(presence: Presence, publisher: RecordingPublisher) -> None:
    publisher.outcome = None
    presence.say_farewell()
    publisher.outcome = Outcome.CONFIRMED
