"""What anybody may read is fetched once for all who ask at the same time, and is never old."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection

import pytest
import requests

from tests.gateway.conftest import Gateway
from tests.gateway.upstream import Upstream
from tests.people import eventually

SECONDS = 10
# The gateway counts in whole seconds: an answer that is good for one is so for less than two, and for a third for those
# who need not wait for a new one.
PAST_ALL_USE_SECONDS = 3.0

PATHS = ["/api/v1/users", "/api/v1/messages?limit=5", "/api/v1/messages/1", "/api/v1/stats"]
CREDENTIALS = ["Bearer abc", "Bearer ", "Basic YTpi", "0", "nonsense"]


@pytest.fixture
def ask(gateway: Gateway) -> Callable[..., requests.Response]:
    def ask(path: str = "/api/v1/users", **headers: str) -> requests.Response:
        return requests.get(f"{gateway.url}{path}", headers=headers, timeout=SECONDS)

    return ask


def asked_at_once(gateway: Gateway, times: int) -> list[str]:
    """Return the answers, for which nobody waits before all have asked."""
    address = gateway.url.removeprefix("http://")
    with ExitStack() as hangs_up:
        clients = [hangs_up.enter_context(closing(HTTPConnection(address, timeout=SECONDS))) for _ in range(times)]
        for client in clients:
            client.connect()
        for client in clients:
            client.request("GET", "/api/v1/users")
        return [client.getresponse().read().decode() for client in clients]


@pytest.mark.parametrize("path", PATHS)
def test_what_anybody_may_read_is_kept(path: str, ask: Callable[..., requests.Response]) -> None:
    assert eventually(lambda: ask(path).headers["Cache-Status"] == "gateway; hit")


def test_whoever_follows_changes_is_never_told_of_the_past(
    ask: Callable[..., requests.Response], upstream: Upstream
) -> None:
    answers = [ask("/api/v1/messages?limit=5&cursor=2.abc") for _ in range(5)]
    assert len(upstream.asked) == len(answers) == 5


@pytest.mark.parametrize(
    "precondition", [{"If-Match": '"x"'}, {"If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, {"If-Match": "0"}]
)
def test_whoever_has_a_condition_is_answered_and_so_is_what_comes_next(
    gateway: Gateway, upstream: Upstream, precondition: dict[str, str]
) -> None:
    with requests.Session() as http:
        for headers in [{}, precondition, {}, precondition, {}]:
            assert http.get(f"{gateway.url}/api/v1/users", headers=headers, timeout=SECONDS).text == upstream.body


def test_browsers_ask_again_each_time(ask: Callable[..., requests.Response]) -> None:
    assert {ask().headers["Cache-Control"] for _ in range(5)} == {"no-cache"}


def test_whoever_has_it_already_gets_no_second_copy(ask: Callable[..., requests.Response]) -> None:
    tag = ask().headers["ETag"]
    answers = [ask(**{"If-None-Match": tag}) for _ in range(5)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(304, b"")] * 5


def test_whoever_says_who_he_is_and_has_it_already_gets_no_second_copy_from_the_service(
    ask: Callable[..., requests.Response], upstream: Upstream
) -> None:
    tag = ask(Authorization="Bearer abc").headers["ETag"]
    answers = [ask(**{"Authorization": "Bearer abc", "If-None-Match": tag}) for _ in range(3)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(304, b"")] * 3
    assert len(upstream.asked) == 4


def test_who_asks_by_the_old_name_asks_for_the_same(ask: Callable[..., requests.Response], upstream: Upstream) -> None:
    assert eventually(lambda: ask("/api/users").headers["Cache-Status"] == "gateway; hit")
    assert {path for path, _ in upstream.asked} == {"/api/v1/users"}


@pytest.mark.parametrize("credentials", CREDENTIALS)
def test_whoever_says_who_he_is_is_answered_by_the_service(
    credentials: str, ask: Callable[..., requests.Response], upstream: Upstream
) -> None:
    ask()
    upstream.body = "second"
    upstream.asked.clear()
    assert [ask(Authorization=credentials).text for _ in range(3)] == ["second"] * 3
    assert upstream.asked == [("/api/v1/users", credentials.strip())] * 3


@pytest.mark.parametrize("credentials", CREDENTIALS)
def test_what_somebody_was_answered_is_shown_to_nobody_else(
    credentials: str, ask: Callable[..., requests.Response], upstream: Upstream
) -> None:
    upstream.body = "his"
    ask(Authorization=credentials)
    upstream.body = "anybody's"
    assert ask().text == "anybody's"


@pytest.mark.parametrize("cache_control", ["private, no-cache", "no-store", "no-cache", ""])
def test_what_the_service_does_not_offer_is_not_kept(
    cache_control: str, ask: Callable[..., requests.Response], upstream: Upstream
) -> None:
    upstream.cache_control = cache_control
    assert {ask().headers.get("Cache-Control", "") for _ in range(5)} == {cache_control}
    assert len(upstream.asked) == 5


def test_no_argument_passes_for_a_path(ask: Callable[..., requests.Response], upstream: Upstream) -> None:
    ask("/api/v1/users%3Fonline=1")
    upstream.body = "online"
    assert ask("/api/v1/users?online=1").text == "online"


def test_two_hundred_who_come_at_once_cost_a_few_requests(gateway: Gateway, upstream: Upstream) -> None:
    assert asked_at_once(gateway, 200) == ["first"] * 200
    assert len(upstream.asked) <= 20


def test_while_one_fetches_it_anew_the_others_get_what_is_there_but_not_for_long(
    ask: Callable[..., requests.Response], upstream: Upstream
) -> None:
    with ThreadPoolExecutor(10) as pool:

        def asked_again() -> bool:
            asked = len(upstream.asked)
            pool.submit(ask)
            return eventually(lambda: len(upstream.asked) > asked, seconds=0.2)

        upstream.cache_control = "s-maxage=1, stale-while-revalidate=4"
        ask()
        upstream.body = "second"
        upstream.may_answer.clear()
        assert eventually(asked_again)
        assert ask().headers["Cache-Status"] == "gateway; hit; detail=stale"
        assert eventually(asked_again)
        # From now on everybody waits for the service.
        late = [pool.submit(ask) for _ in range(3)]
        upstream.may_answer.set()
        assert {future.result().text for future in late} == {"second"}


def test_after_a_pause_nobody_is_shown_what_was_there_before(
    ask: Callable[..., requests.Response], gateway: Gateway, upstream: Upstream
) -> None:
    assert ask().text == "first"
    upstream.body = "second"
    time.sleep(PAST_ALL_USE_SECONDS)
    assert asked_at_once(gateway, 50) == ["second"] * 50


def test_errors_are_not_kept(ask: Callable[..., requests.Response], upstream: Upstream) -> None:
    upstream.status, upstream.cache_control = 404, ""
    assert ask().status_code == 404
    upstream.status = 200
    assert ask().status_code == 200
