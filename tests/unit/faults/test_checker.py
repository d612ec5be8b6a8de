import pytest

from tests.faults.attempts import Attempt
from tests.faults.checker import Stored, Verdict, check, longest_unavailability, works_end_to_end

NOTHING: frozenset[str] = frozenset()


def attempt(source: str, status: int | None = 202, *, began_at: float = 0.0, ended_at: float = 0.0) -> Attempt:
    return Attempt(name="POST", source=source, began_at=began_at, ended_at=ended_at, status=status)


def rendered(source: str) -> Stored:
    return Stored(source=source, is_rendered=True)


def test_all_is_well_when_what_was_acknowledged_is_there_once_and_seen_by_everybody() -> None:
    verdict = check(
        [attempt("one"), attempt("two")],
        [rendered("one"), rendered("two")],
        {"ann": {"one", "two"}, "bob": {"two", "one", "from before"}},
    )
    assert verdict == Verdict(
        lost=NOTHING,
        duplicated=NOTHING,
        unexpected=NOTHING,
        recovered=NOTHING,
        missed={"ann": NOTHING, "bob": NOTHING},
    )
    assert verdict.is_good


def test_what_was_acknowledged_and_is_not_there_is_lost() -> None:
    verdict = check([attempt("one"), attempt("two")], [rendered("one")], {})
    assert verdict.lost == {"two"}
    assert not verdict.is_good


def test_what_is_never_rendered_is_lost() -> None:
    verdict = check([attempt("one")], [Stored(source="one", is_rendered=False)], {})
    assert verdict.lost == {"one"}


def test_what_is_stored_twice_is_duplicated() -> None:
    verdict = check([attempt("one"), attempt("two")], [rendered("one"), rendered("two"), rendered("one")], {})
    assert verdict.lost == NOTHING
    assert verdict.duplicated == {"one"}
    assert not verdict.is_good


@pytest.mark.parametrize("status", [None, 500, 502, 504])
def test_what_had_no_good_answer_but_is_there_is_recovered(status: int | None) -> None:
    verdict = check([attempt("one", status)], [rendered("one")], {"ann": {"one"}})
    assert verdict.recovered == {"one"}
    assert verdict.is_good


@pytest.mark.parametrize("status", [None, 400, 503])
def test_what_had_no_good_answer_and_is_not_there_is_not_lost(status: int | None) -> None:
    verdict = check([attempt("one", status)], [], {"ann": []})
    assert (verdict.lost, verdict.recovered) == (NOTHING, NOTHING)
    assert verdict.is_good


def test_what_nobody_posted_is_unexpected() -> None:
    verdict = check([attempt("one")], [rendered("one"), rendered("two")], {})
    assert verdict.unexpected == {"two"}
    assert not verdict.is_good


def test_what_was_refused_as_wrong_and_is_there_is_unexpected() -> None:
    assert check([attempt("one", 400)], [rendered("one")], {}).unexpected == {"one"}


def test_what_one_client_never_saw_is_missed_by_that_client() -> None:
    verdict = check(
        [attempt("one"), attempt("two")], [rendered("one"), rendered("two")], {"ann": ["one"], "bob": ["one", "two"]}
    )
    assert verdict.missed == {"ann": {"two"}, "bob": NOTHING}
    assert not verdict.is_good


def test_what_is_recovered_is_missed_by_who_does_not_see_it() -> None:
    assert check([attempt("one", None)], [rendered("one")], {"ann": []}).missed == {"ann": {"one"}}


def test_what_is_wrong_is_told_with_an_example() -> None:
    verdict = check([attempt("one"), attempt("two")], [rendered("two")], {"ann": ["one"], "bob": ["one", "two"]})
    assert str(verdict) == "lost: 1, such as 'one'; missed by ann: 1, such as 'two'"


def test_the_longest_span_without_an_acknowledged_post_counts() -> None:
    attempts = [attempt("a", ended_at=1), attempt("b", 503, ended_at=3), attempt("c", None, ended_at=4)]
    assert longest_unavailability([*attempts, attempt("d", ended_at=6)], began_at=0, ended_at=7) == 5


def test_a_span_may_touch_the_beginning_or_the_end() -> None:
    assert longest_unavailability([attempt("a", ended_at=4)], began_at=0, ended_at=5) == 4
    assert longest_unavailability([attempt("a", ended_at=1)], began_at=0, ended_at=5) == 4
    assert longest_unavailability([], began_at=0, ended_at=5) == 5


def test_all_works_once_one_post_was_acknowledged_and_seen_by_everybody() -> None:
    attempts = [attempt("before", began_at=1), attempt("one", 503, began_at=3), attempt("two", began_at=4)]
    assert works_end_to_end(attempts, [{"two"}, {"one", "two"}], since=2)


@pytest.mark.parametrize("seen", [[{"two"}, {"one"}], [{"two"}, NOTHING], [{"before"}, {"before"}], [{"one"}, {"one"}]])
def test_not_all_works_while_somebody_sees_nothing_new(seen: list[frozenset[str]]) -> None:
    attempts = [attempt("before", began_at=1), attempt("one", 503, began_at=3), attempt("two", began_at=4)]
    assert not works_end_to_end(attempts, seen, since=2)
