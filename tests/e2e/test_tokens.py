"""Logging in, staying logged in, and logging out."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.people import DEADLINE_SECONDS, PASSWORD, Person, eventually, listening


def refresh(person: Person, refresh_token: str) -> requests.Response:
    return person.call("PUT", "/tokens", json={"refresh_token": refresh_token})


def is_logged_in(person: Person, token: str) -> bool:
    return person.call("GET", "/users/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def problem_of(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def test_a_refresh_token_gives_the_next_pair(ann: Person) -> None:
    first, spent = ann.token, ann.refresh_token
    answer = refresh(ann, spent)
    assert answer.headers["Cache-Control"] == "no-store"
    tokens = answer.json()
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3600)
    assert tokens["refresh_token"] != spent
    assert is_logged_in(ann, tokens["token"])
    assert is_logged_in(ann, first), "it is still of a session that goes on"


def test_refreshing_needs_no_access_token(ann: Person) -> None:
    refresh_token = ann.refresh_token
    del ann.http.headers["Authorization"]
    assert is_logged_in(ann, refresh(ann, refresh_token).json()["token"])


def test_many_who_ask_at_once_go_on_together(ann: Person) -> None:
    url, body = f"{ann.base_url}/api/v1/tokens", {"refresh_token": ann.refresh_token}
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: requests.put(url, json=body, timeout=DEADLINE_SECONDS), range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


def test_a_stolen_refresh_token_ends_the_session_for_thief_and_owner(ann: Person) -> None:
    stolen = ann.refresh_token
    ann.take(refresh(ann, stolen).json())
    ann.take(refresh(ann, ann.refresh_token).json())
    assert problem_of(refresh(ann, stolen)) == (401, "refresh-token-rejected")
    assert problem_of(refresh(ann, ann.refresh_token)) == (401, "refresh-token-rejected")
    assert eventually(lambda: not is_logged_in(ann, ann.token))


@pytest.mark.parametrize("token", ["x", "x" * 43, "x" * 5000, "ключ"])
def test_what_is_no_refresh_token_gives_nothing(ann: Person, token: str) -> None:
    answer = refresh(ann, token)
    assert problem_of(answer) == (401, "refresh-token-rejected")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Authentication Required"'


def test_logging_out_ends_all_tokens_of_the_session_and_no_other_session(ann: Person) -> None:
    other = ann.token
    ann.log_in()
    ended, refresh_token = ann.token, ann.refresh_token
    ann.log_out()
    assert problem_of(ann.call("DELETE", "/tokens")) == (401, "token-rejected"), "auth knows at once"
    assert eventually(lambda: not is_logged_in(ann, ended))
    assert problem_of(refresh(ann, refresh_token)) == (401, "refresh-token-rejected")
    assert is_logged_in(ann, other)


def test_a_new_password_ends_every_session(ann: Person) -> None:
    sessions = [(ann.token, ann.refresh_token)]
    ann.log_in()
    sessions.append((ann.token, ann.refresh_token))
    assert ann.call("PUT", f"/users/{ann.id}", json={"password": "another battery"}).status_code == 204
    assert eventually(lambda: not any(is_logged_in(ann, token) for token, _ in sessions))
    assert [refresh(ann, refresh_token).status_code for _, refresh_token in sessions] == [401, 401]
    answers = [ann.call("POST", "/tokens", auth=(ann.nickname, each)) for each in (PASSWORD, "another battery")]
    assert [answer.status_code for answer in answers] == [401, 200]


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_whoever_is_connected_hears_that_the_session_has_ended(base_url: str, ann: Person, transport: str) -> None:
    with listening(base_url, token=ann.token, transports=[transport]) as listener:
        ann.log_out()
        assert listener.hears(lambda: listener.ends == 1)
        assert listener.client.connected
        assert listener.ask("post_message", {"source": "still here?"})["problem"]["status"] == 401
        again = ann.log_in()
        assert listener.ask("authenticate", again) == {"ok": True}
        task: Any = listener.ask("post_message", {"source": "here again"})
        assert task["ok"]


def test_guessing_is_slowed_down_whether_anybody_has_that_nickname_or_not(ann: Person) -> None:
    for nickname in (ann.nickname, f"{ann.nickname}-nobody"):
        answers = [ann.call("POST", "/tokens", auth=(nickname, f"guess {number}")) for number in range(120)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert {answer.status_code for answer in answers} == {401, 429}
        assert {problem_of(answer)[1] for answer in refused} == {"too-many-attempts"}
        assert all(1 <= int(answer.headers["Retry-After"]) <= 60 for answer in refused)
    assert ann.call("GET", "/users/me").status_code == 200, "who is logged in stays so"
