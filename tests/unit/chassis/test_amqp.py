"""Connections to the broker have a name, a pulse and a deadline, and are made again and again."""

import threading

import pytest
from structlog.testing import capture_logs

from chassis.amqp import BrokerUnavailableError, connection_parameters, stay_connected

URL = "amqp://ann:secret@broker.example:5673/chat"


def test_the_broker_is_the_one_of_the_url() -> None:
    parameters = connection_parameters(URL, "push")
    assert (parameters.host, parameters.port, parameters.virtual_host) == ("broker.example", 5673, "chat")


def test_operators_recognise_a_connection_by_its_name() -> None:
    assert connection_parameters(URL, "push").client_properties == {"connection_name": "push"}


@pytest.mark.parametrize("limit", ["heartbeat", "socket_timeout", "stack_timeout", "blocked_connection_timeout"])
def test_nothing_waits_for_the_broker_without_end(limit: str) -> None:
    assert 0 < getattr(connection_parameters(URL, "push"), limit) <= 30


def test_pika_itself_tries_once() -> None:
    assert connection_parameters(URL, "push").connection_attempts == 1


def test_a_connection_that_ended_is_followed_by_another() -> None:
    stopping = threading.Event()
    lives: list[int] = []

    def live() -> None:
        lives.append(len(lives))
        if len(lives) == 3:
            stopping.set()

    stay_connected(live, name="test", stopping=stopping)
    assert len(lives) == 3


def test_a_connection_that_could_not_be_made_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.backoff.FIRST_PAUSE_SECONDS", 0.0)
    stopping = threading.Event()
    tries: list[int] = []

    def fail_twice() -> None:
        tries.append(len(tries))
        if len(tries) < 3:
            raise BrokerUnavailableError
        stopping.set()

    stay_connected(fail_twice, name="test", stopping=stopping)
    assert len(tries) == 3


def test_whoever_is_told_to_stop_gives_up() -> None:
    stopping = threading.Event()

    def fail() -> None:
        stopping.set()
        raise BrokerUnavailableError

    stay_connected(fail, name="test", stopping=stopping)


def test_nobody_connects_after_being_told_to_stop() -> None:
    stopping = threading.Event()
    stopping.set()
    stay_connected(pytest.fail, name="test", stopping=stopping)


def test_a_fault_of_ours_is_told_and_does_not_end_it() -> None:
    stopping = threading.Event()
    calls: list[int] = []

    def fail_once() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError
        stopping.set()

    with capture_logs() as logs:
        stay_connected(fail_once, name="test", stopping=stopping, fault_pause_seconds=0)
    assert len(calls) == 2
    assert [entry["event"] for entry in logs] == ["connection_failed"]
