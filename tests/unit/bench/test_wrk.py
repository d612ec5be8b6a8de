import pytest

from bench.api import wrk
from bench.api.wrk import Answers, LoadError


def test_reads_what_the_script_prints_among_what_wrk_says() -> None:
    line = 'MEASURED {"answers": 10, "seconds": 2.0, "errors": 0, "p50_ms": 1.5, "p99_ms": 9.0}'
    answers = wrk.parse(f"Running 2s test\n{line}\nRequests/sec: 5\n")
    assert (answers.rate, answers.p50_ms, answers.p99_ms) == (5.0, 1.5, 9.0)


def test_errors_are_no_answers_a_second() -> None:
    assert Answers(answers=10, seconds=2.0, errors=4, p50_ms=1.0, p99_ms=2.0).rate == 3.0


def test_a_load_that_did_not_come_to_an_end_is_no_result() -> None:
    with pytest.raises(LoadError, match="unable to connect"):
        wrk.parse("unable to connect to 127.0.0.1:1 Connection refused")
