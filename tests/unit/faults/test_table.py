from tests.faults.attempts import Attempt
from tests.faults.checker import Verdict
from tests.faults.table import as_text, row_of

VERDICT = Verdict(
    lost=frozenset("a"),
    duplicated=frozenset("bc"),
    unexpected=frozenset(),
    recovered=frozenset("d"),
    missed={"ann": frozenset("ab"), "bob": frozenset("a")},
)


def test_a_fault_is_a_row_of_counts_and_seconds() -> None:
    attempts = [
        Attempt(name="POST", source=str(status), began_at=0, ended_at=1, status=status)
        for status in (202, 202, 202, 503, 502, None)
    ]
    good = row_of("good", attempts, VERDICT, unavailable_seconds=1.25, recovered_in_seconds=12.0)
    bad = row_of("much worse", [], VERDICT, unavailable_seconds=60.0, recovered_in_seconds=None)
    heading, units, *rows = as_text([good, bad])
    assert heading.split("  ")[0] == "fault"
    assert units.split() == ["seconds", "seconds"]
    assert rows[0].split() == ["good", "6", "3", "2", "1", "1", "2", "0", "3", "1", "1.2", "12.0"]
    assert rows[1].split()[-2:] == ["60.0", "never"]
    assert {line.index(cell) + len(cell) for line, cell in zip(rows, ["12.0", "never"], strict=True)} == {len(rows[0])}
