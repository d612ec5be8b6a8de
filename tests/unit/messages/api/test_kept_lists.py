"""A list is made once for as long as nothing changes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from messages.api.kept_lists import MAX_LIST_BYTES, MAX_LISTS, KeptLists, ListAnswer
from messages.queries.feed import FeedState

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SETTLED = FeedState(epoch="e", newest=7, is_settled=True)

Make = Callable[[], ListAnswer]


@pytest.fixture
def made() -> list[ListAnswer]:
    return []


@pytest.fixture
def make(made: list[ListAnswer]) -> Callable[..., Make]:
    """Makes answers that differ, and notes each."""

    def create(size: int = 1, good_until: datetime | None = None) -> Make:
        def answer() -> ListAnswer:
            body = b"x" * size
            made.append(ListAnswer(body=body, headers={}, tag=str(len(made)), good_until=good_until))
            return made[-1]

        return answer

    return create


def ask(kept: KeptLists, make: Make, *, asked: bytes = b"", state: FeedState = SETTLED, now: datetime = NOON) -> str:
    return kept.answer(asked, state=state, now=now, make=make).tag


def test_what_is_asked_again_is_not_made_again(make: Callable[..., Make]) -> None:
    kept = KeptLists()
    assert [ask(kept, make()) for _ in range(3)] == ["0", "0", "0"]


def test_another_question_has_another_answer(make: Callable[..., Make]) -> None:
    kept = KeptLists()
    assert [ask(kept, make(), asked=asked) for asked in (b"", b"limit=1", b"")] == ["0", "1", "0"]


@pytest.mark.parametrize(
    "state",
    [
        FeedState(epoch="e", newest=8, is_settled=True),
        FeedState(epoch="other", newest=7, is_settled=True),
        FeedState(epoch="e", newest=None, is_settled=True),
        FeedState(epoch="e", newest=7, is_settled=False),
    ],
)
def test_what_has_changed_is_made_anew(make: Callable[..., Make], state: FeedState) -> None:
    kept = KeptLists()
    assert [ask(kept, make()), ask(kept, make(), state=state)] == ["0", "1"]


def test_what_an_earlier_transaction_may_still_change_is_not_kept(make: Callable[..., Make]) -> None:
    kept, unsettled = KeptLists(), FeedState(epoch="e", newest=7, is_settled=False)
    assert [ask(kept, make(), state=unsettled) for _ in range(2)] == ["0", "1"]


def test_what_slides_out_of_a_list_is_not_kept_in_it(make: Callable[..., Make]) -> None:
    kept, minute = KeptLists(), timedelta(minutes=1)
    times = (NOON, NOON + minute - timedelta(microseconds=1), NOON + minute)
    assert [ask(kept, make(good_until=NOON + minute), now=now) for now in times] == ["0", "0", "1"]


def test_what_is_kept_has_bounds(make: Callable[..., Make], made: list[ListAnswer]) -> None:
    kept = KeptLists()
    for number in range(MAX_LISTS + 1):
        ask(kept, make(), asked=b"%d" % number)
    ask(kept, make(), asked=b"0")
    ask(kept, make(), asked=b"%d" % MAX_LISTS)
    assert len(made) == MAX_LISTS + 2
    huge = [ask(kept, make(MAX_LIST_BYTES + 1), asked=b"huge") for _ in range(2)]
    assert huge[0] != huge[1]
