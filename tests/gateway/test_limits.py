"""An address that asks too much is told to slow down, unless limits are off."""

from collections.abc import Callable

import pytest
import requests

from tests.gateway.conftest import Gateway

SECONDS = 10
NARROW = {"REQUESTS_PER_SECOND": "1", "REQUESTS_AT_ONCE": "5", "CONNECTS_PER_SECOND": "1", "CONNECTS_AT_ONCE": "3"}
POLLING = "/socket.io/?EIO=4&transport=polling"
LIMITED = [("/api/v1/messages", 5), ("/api/users", 5), ("/api/v1/tokens", 5), (POLLING, 3)]


def answers(gateway: Gateway, path: str, times: int = 30) -> list[requests.Response]:
    with requests.Session() as client:
        return [client.get(f"{gateway.url}{path}", timeout=SECONDS) for _ in range(times)]


def statuses(gateway: Gateway, path: str, times: int = 30) -> list[int]:
    return [answer.status_code for answer in answers(gateway, path, times)]


@pytest.mark.parametrize(("path", "at_once"), LIMITED)
def test_more_than_its_share_is_refused_and_no_less(
    path: str, at_once: int, run_gateway: Callable[..., Gateway]
) -> None:
    answered = statuses(run_gateway(**NARROW), path)
    assert set(answered[: at_once + 1]) == {200}
    assert answered.count(429) > 0
    assert set(answered) == {200, 429}


def test_who_is_refused_is_told_when_to_come_again(run_gateway: Callable[..., Gateway]) -> None:
    refused = next(each for each in answers(run_gateway(**NARROW), "/api/v1/messages") if not each.ok)
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["Retry-After"] == "1"
    assert refused.json()["status"] == refused.status_code == 429


def test_a_connection_that_is_there_may_poll_as_it_needs(run_gateway: Callable[..., Gateway]) -> None:
    assert set(statuses(run_gateway(**NARROW), f"{POLLING}&sid=abc")) == {200}


@pytest.mark.parametrize("word", ["false", "0", "False", "off", "no"])
def test_nobody_is_refused_where_limits_are_off(word: str, run_gateway: Callable[..., Gateway]) -> None:
    gateway = run_gateway(**NARROW, RATE_LIMITS_ENABLED=word)
    assert {status for path, _ in LIMITED for status in statuses(gateway, path)} == {200}


def test_an_office_is_no_crowd(run_gateway: Callable[..., Gateway]) -> None:
    assert set(statuses(run_gateway(), "/api/v1/messages", times=500)) == {200}
