"""Every change reaches every client of this replica."""

from collections.abc import Sequence
from typing import Any

import pytest

from chassis.envelope import Envelope
from chassis.topology import InstanceQueue
from contracts import (
    Event,
    FeedAdvanced,
    InvalidEventError,
    MessageRendered,
    MessageUpdated,
    UnknownEventError,
    UserUpdated,
)
from push.handlers import QUEUE, create_handle_all
from push.news import News


class Everybody:
    """All clients, and what they were told in the order in which they were."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.marks: list[tuple[FeedAdvanced, int]] = []
        self.handle_all = create_handle_all(News(self.tell_all), self.keep_mark)

    def keep_mark(self, mark: FeedAdvanced) -> None:
        """Note *mark*, and how much was told before."""
        self.marks.append((mark, len(self.told)))

    def tell_all(self, event: str, arguments: Sequence[Any]) -> None:
        """Be told."""
        assert event == "updated_model"
        self.told += arguments

    def hear(self, *events: Event) -> None:
        """Have the consumer take *events* at once."""
        self.handle_all([around(event) for event in events])


@pytest.fixture
def everybody() -> Everybody:
    return Everybody()


def updated(message_id: int = 7, version: int = 1, **model: Any) -> MessageUpdated:
    return MessageUpdated(message_id=message_id, version=version, model={"id": message_id, **model})


def around(event: Event) -> Envelope:
    return Envelope.around(event, source="/test")


def test_everybody_is_told_of_messages_and_users_in_their_order(everybody: Everybody) -> None:
    ann = UserUpdated(user_id=1, version=2, model={"id": 1, "online": True})
    everybody.hear(updated(html="<p>hi</p>"), ann, updated(8))
    assert everybody.told == [
        {"class": "Message", "model": {"id": 7, "html": "<p>hi</p>"}},
        {"class": "User", "model": {"id": 1, "online": True}},
        {"class": "Message", "model": {"id": 8}},
    ]


def test_nobody_goes_back_to_an_older_version_of_a_message(everybody: Everybody) -> None:
    everybody.hear(*(updated(version=version, shown=version) for version in (2, 1)))
    everybody.hear(*(updated(version=version, shown=version) for version in (2, 3)))
    assert [each["model"]["shown"] for each in everybody.told] == [2, 3]


def test_nobody_goes_back_to_an_older_version_of_a_user(everybody: Everybody) -> None:
    for version in (2, 1, 2, 3):
        everybody.hear(UserUpdated(user_id=7, version=version, model={"shown": version}))
    assert [each["model"]["shown"] for each in everybody.told] == [2, 3]


def test_messages_and_users_have_versions_of_their_own(everybody: Everybody) -> None:
    everybody.hear(updated(7, version=5), updated(8, version=1), UserUpdated(user_id=7, version=1, model={}))
    assert len(everybody.told) == 3


def test_a_user_of_whom_an_older_service_tells_is_told_of(everybody: Everybody) -> None:
    everybody.hear(UserUpdated(user_id=1, version=2, model={}), UserUpdated(user_id=1, model={"online": False}))
    assert [each["model"] for each in everybody.told] == [{}, {"online": False}]


def test_a_mark_counts_after_what_came_before_it(everybody: Everybody) -> None:
    mark = FeedAdvanced(cursor="c-1", epoch="e-1")
    everybody.hear(updated(7), updated(8), mark)
    assert everybody.marks == [(mark, 2)]


def test_a_mark_counts_even_if_there_is_nothing_new(everybody: Everybody) -> None:
    mark = FeedAdvanced(cursor="c-1", epoch="e-1")
    everybody.hear(mark)
    assert (everybody.marks, everybody.told) == ([(mark, 0)], [])


def test_what_is_of_no_use_to_clients_is_refused_before_anything_is_told(everybody: Everybody) -> None:
    with pytest.raises(UnknownEventError):
        everybody.hear(updated(), MessageRendered(message_id=7, version=1, html=""))
    assert everybody.told == []
    everybody.hear(updated())
    assert len(everybody.told) == 1, "one by one it is news"


def test_what_is_no_event_is_refused(everybody: Everybody) -> None:
    envelope = around(updated())
    broken = Envelope(id="e", type=envelope.type, data=b"{}", source="/test", time=envelope.time)
    with pytest.raises(InvalidEventError):
        everybody.handle_all([broken])


def test_every_replica_takes_every_change() -> None:
    assert isinstance(QUEUE, InstanceQueue)
    assert {MessageUpdated.type, UserUpdated.type, FeedAdvanced.type} == set(QUEUE.types)
