"""Users register, are renamed and given new passwords, through the gateway."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import requests

from tests.people import PASSWORD, Person, eventually, listening

NEW_PASSWORD = "staple battery"
CROWD = 200


def log_in(base_url: str, nickname: str, password: str = PASSWORD) -> requests.Response:
    return requests.post(f"{base_url}/api/v1/tokens", auth=(nickname, password), timeout=20)


def new_nickname() -> str:
    return f"n-{uuid4().hex[:12]}"


def test_a_new_nickname_is_seen_by_everybody_and_used_to_log_in(base_url: str, ann: Person) -> None:
    old, new = ann.nickname, new_nickname()
    with listening(base_url) as listener:
        assert ann.call("PUT", f"/users/{ann.id}", json={"nickname": new}).status_code == 204
        assert listener.hears(lambda: (ann.id, new) in {(user["id"], user["nickname"]) for user in listener.users})
    assert ann.call("GET", "/users/me").json()["nickname"] == new
    assert log_in(base_url, new.upper()).status_code == 200
    assert log_in(base_url, old).status_code == 401
    assert Person(base_url, nickname=old).id != ann.id, "the old nickname is free"


def test_a_new_password_replaces_the_old_one_and_ends_every_session(base_url: str, ann: Person, bob: Person) -> None:
    tokens = [ann.token, *(log_in(base_url, ann.nickname).json()["token"] for _ in range(2))]
    assert ann.call("PUT", f"/users/{ann.id}", json={"password": NEW_PASSWORD}).status_code == 204
    assert eventually(lambda: all(is_dead(bob, token) for token in tokens))
    assert log_in(base_url, ann.nickname).status_code == 401
    assert log_in(base_url, ann.nickname, NEW_PASSWORD).status_code == 200
    assert bob.call("GET", "/users/me").status_code == 200


def is_dead(person: Person, token: str) -> bool:
    headers = {"Authorization": f"Bearer {token}"}
    return person.call("GET", "/users/me", headers=headers).status_code == 401


def test_both_may_be_changed_at_once(base_url: str, ann: Person) -> None:
    new = new_nickname()
    assert ann.call("PUT", f"/users/{ann.id}", json={"nickname": new, "password": NEW_PASSWORD}).status_code == 204
    assert log_in(base_url, new, NEW_PASSWORD).status_code == 200


def test_nothing_is_a_change_too(ann: Person) -> None:
    before = ann.call("GET", f"/users/{ann.id}").json()
    assert ann.call("PUT", f"/users/{ann.id}", json={}).status_code == 204
    after = ann.call("GET", f"/users/{ann.id}").json()
    assert after["nickname"] == before["nickname"]
    assert log_in(ann.base_url, ann.nickname).status_code == 200


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"nickname": None}, "invalid-fields"),
        ({"password": None}, "invalid-fields"),
        ({"nickname": "a:b"}, "invalid-fields"),
        ({"password": "short"}, "invalid-fields"),
    ],
)
def test_what_nobody_can_be_is_refused(ann: Person, change: dict[str, str], slug: str) -> None:
    answer = ann.call("PUT", f"/users/{ann.id}", json=change)
    assert (answer.status_code, answer.json()["type"]) == (400, f"/problems/{slug}")


def test_only_they_themselves_change_a_user(ann: Person, bob: Person) -> None:
    body = {"nickname": new_nickname()}
    assert bob.call("PUT", f"/users/{ann.id}", json=body).status_code == 403
    assert bob.call("PUT", f"/users/{2**62}", json=body).status_code == 404
    assert bob.call("PUT", f"/users/{ann.id}", json=body, headers={"Authorization": ""}).status_code == 401
    answer = ann.call("PUT", f"/users/{ann.id}", json={"nickname": bob.nickname.upper()})
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/nickname-taken")
    assert log_in(ann.base_url, ann.nickname).status_code == 200


def test_of_many_who_rename_themselves_alike_at_once_one_gets_the_nickname(base_url: str) -> None:
    people, wanted = [Person(base_url) for _ in range(8)], new_nickname()
    together = threading.Barrier(len(people))

    def rename(person: Person) -> requests.Response:
        together.wait(20)
        return person.call("PUT", f"/users/{person.id}", json={"nickname": wanted})

    with ThreadPoolExecutor(len(people)) as pool:
        answers = list(pool.map(rename, people))
    assert [answer.status_code for answer in answers].count(204) == 1
    refused = {answer.json()["type"] for answer in answers if answer.status_code != 204}
    assert refused <= {"/problems/nickname-taken", "/problems/unavailable"}
    [renamed] = [person for person, answer in zip(people, answers, strict=True) if answer.status_code == 204]
    assert log_in(base_url, wanted).status_code == 200
    assert renamed.call("GET", "/users/me").json()["nickname"] == wanted


def test_of_two_hundred_who_register_alike_at_once_one_gets_the_nickname(base_url: str) -> None:
    fields = {"nickname": new_nickname(), "password": PASSWORD}
    together = threading.Barrier(CROWD)

    def register(_number: int) -> tuple[int, str, bool]:
        together.wait(60)
        answer = requests.post(f"{base_url}/api/v1/users", json=fields, timeout=60)
        return answer.status_code, answer.json().get("type", ""), "Retry-After" in answer.headers

    with ThreadPoolExecutor(CROWD) as pool:
        answers = Counter(pool.map(register, range(CROWD)))
    assert answers.pop((201, "", False)) == 1
    assert set(answers) <= {(400, "/problems/nickname-taken", False), (503, "/problems/unavailable", True)}
    assert log_in(base_url, fields["nickname"]).status_code == 200


def test_no_nickname_locks_anything_but_itself(base_url: str) -> None:
    """PostgreSQL's 64-bit hash of this one is the number of a lock that a consumer holds for as long as it lives."""
    answer = requests.post(
        f"{base_url}/api/v1/users", json={"nickname": "7yqzh-05l[px", "password": PASSWORD}, timeout=20
    )
    assert answer.status_code in {201, 400}
