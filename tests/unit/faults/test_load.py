import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.faults.attempts import Attempt, Outcome
from tests.faults.load import Load
from tests.people import eventually
from tests.unit.faults.conftest import Server

FIRST = "number 1"


@dataclass
class Author:
    id: int = 7
    token: str = "secret"


@contextmanager
def loaded(server: Server) -> Iterator[Load]:
    with closing(Load(server.base_url, [Author()], (f"number {number}" for number in count(1)))) as load:
        load.start()
        yield load


def attempt_of(load: Load, source: str) -> Attempt:
    assert eventually(lambda: any(attempt.source == source for attempt in load.attempts))
    return next(attempt for attempt in load.attempts if attempt.source == source)


def test_an_answer_that_is_slow_holds_up_no_other_post(server: Server) -> None:
    others_came = threading.Event()

    def answer(_path: str, body: Any) -> tuple[int, Any]:
        if body == {"source": "number 5"}:
            others_came.set()
        if body == {"source": FIRST}:
            assert others_came.wait(30)
        return 202, {}

    server.answer = answer
    with loaded(server) as load:
        assert attempt_of(load, FIRST).outcome is Outcome.ACKNOWLEDGED


def test_what_is_not_answered_is_unknown_and_never_sent_again(server: Server) -> None:
    server.answer = lambda _path, body: None if body == {"source": FIRST} else (202, {})
    with loaded(server) as load:
        assert attempt_of(load, FIRST).outcome is Outcome.UNKNOWN
        assert attempt_of(load, "number 10").outcome is Outcome.ACKNOWLEDGED
    assert [body for _, body in server.asked].count({"source": FIRST}) == 1


def test_another_status_is_a_refusal(server: Server) -> None:
    server.answer = lambda _path, _body: (503, {})
    with loaded(server) as load:
        assert attempt_of(load, FIRST).outcome is Outcome.REFUSED


def test_something_is_read_beside_the_posts(server: Server) -> None:
    with loaded(server) as load:
        assert eventually(lambda: len(load.requests) - len(load.attempts) >= 3)
    paths = {path for path, body in server.asked if body is None}
    assert paths == {"/api/v1/messages?limit=20", "/api/v1/users/7", "/"}
    assert {request.outcome for request in load.requests} == {Outcome.ACKNOWLEDGED}


def test_a_load_that_was_closed_sends_nothing_more_and_has_all_its_answers(server: Server) -> None:
    may_answer = threading.Event()

    def answer(_path: str, _body: Any) -> tuple[int, Any]:
        assert may_answer.wait(30)
        return 202, {}

    server.answer = answer
    with loaded(server) as load:
        assert eventually(lambda: len(server.asked) > 0)
        threading.Timer(0.2, may_answer.set).start()
        load.close()
        assert sorted(body["source"] for _, body in server.asked if body) == sorted(a.source for a in load.attempts)
