from tests.faults.board import Board


def message(number: int, version: int, status: str = "rendered") -> dict[str, object]:
    return {"id": number, "version": version, "status": status, "source": f"source {number}"}


def test_what_was_told_as_rendered_stands_there_rendered() -> None:
    board = Board()
    board.merge([message(1, 1, "posted"), message(2, 2)])
    assert board.rendered() == {"source 2"}


def test_a_newer_version_takes_the_place_of_an_older_one_in_whatever_order_they_come() -> None:
    board = Board()
    board.merge([message(1, 2), message(2, 1, "posted")])
    board.merge([message(1, 1, "posted"), message(2, 2)])
    assert board.rendered() == {"source 1", "source 2"}
