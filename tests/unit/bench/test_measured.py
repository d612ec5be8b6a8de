import pytest

from bench.push.__main__ import PARTS, measured


@pytest.mark.parametrize("part", PARTS)
def test_node_is_fed_by_default_only_where_it_counts(part: str) -> None:
    assert ("node-fed" in measured(part, [])) == (part == "steady")


def test_any_part_measures_whom_it_is_asked_to_in_the_order_of_its_rows() -> None:
    assert measured("burst", ["node-fed", "node", "flack"]) == ["flack", "node", "node-fed"]
