"""What is to be done from time to time is done by one of all that could."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from chassis.periodic import Job, Periodic
from tests.people import eventually

LOCK = 7


class Clock:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def counting(done: list[str], name: str, error: Exception | None = None, *, every_seconds: float = 0.0) -> Job:
    def do() -> None:
        done.append(name)
        if error is not None:
            raise error

    return Job(name=name, every_seconds=every_seconds, do=do)


@contextmanager
def running(periodic: Periodic) -> Iterator[Callable[[], None]]:
    """Run it for as long as the block lasts, or until what comes is called."""
    stopping = threading.Event()
    thread = threading.Thread(target=periodic.run, args=[stopping])

    def stop() -> None:
        stopping.set()
        thread.join()

    thread.start()
    try:
        yield stop
    finally:
        stop()


def test_each_job_has_its_time(engine: Engine) -> None:
    done: list[str] = []
    clock = Clock()
    jobs = [counting(done, "often", every_seconds=2), counting(done, "seldom", every_seconds=60)]
    periodic = Periodic(engine, jobs, lock=LOCK, clock=clock)
    for now in (0, 1, 2, 3, 59, 61):
        clock.now = now
        periodic.do_what_is_due()
    assert done == ["often", "seldom", "often", "often", "often", "seldom"]


def test_a_job_that_fails_keeps_no_other_from_being_done(engine: Engine) -> None:
    done: list[str] = []
    away = OperationalError("away", None, Exception())
    jobs = [counting(done, "faulty", ZeroDivisionError()), counting(done, "away", away), counting(done, "well")]
    periodic = Periodic(engine, jobs, lock=LOCK)
    for _ in range(2):
        periodic.do_what_is_due()
    assert done == ["faulty", "away", "well"] * 2


def test_one_leads_and_when_it_stops_another_one_does(engine: Engine) -> None:
    done: list[str] = []
    first, second = (Periodic(engine, [counting(done, name)], lock=LOCK) for name in ("first", "second"))
    with running(first) as stop:
        assert eventually(lambda: "first" in done)
        with running(second):
            assert eventually(lambda: len(done) > 5)
            assert set(done) == {"first"}
            stop()
            assert eventually(lambda: "second" in done)


def test_whoever_loses_the_connection_loses_the_lead_and_takes_it_again(engine: Engine) -> None:
    done: list[str] = []
    others = """
        SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON pg_database.oid = database
        WHERE locktype = 'advisory' AND objid = :lock AND datname = current_database()
    """
    with running(Periodic(engine, [counting(done, "job")], lock=LOCK)):
        assert eventually(lambda: bool(done))
        with engine.connect() as connection:
            assert connection.scalars(text(others), {"lock": LOCK}).all() == [True]
        before = len(done)
        assert eventually(lambda: len(done) > before)
