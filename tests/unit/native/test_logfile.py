from pathlib import Path

from tools.native.logfile import MAX_BYTES, open_log, tail_of


def test_a_log_goes_on_where_it_ended(tmp_path: Path) -> None:
    for line in (b"one\n", b"two\n"):
        with open_log(tmp_path / "a.log") as log:
            log.write(line)
    assert tail_of(tmp_path / "a.log") == "one\ntwo"


def test_a_log_that_grew_too_large_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"x" * (MAX_BYTES + 1))
    open_log(path).close()
    assert path.stat().st_size == 0
    assert (tmp_path / "a.log.1").stat().st_size == MAX_BYTES + 1


def test_the_end_of_a_log_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    assert tail_of(tmp_path / "none.log") == "(empty)"
