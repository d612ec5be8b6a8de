"""Who sends a post again because no answer came has posted once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.people import Json, Person, eventually, listening


def post(person: Person, source: str, key: str, **headers: str) -> requests.Response:
    return person.call("POST", "/messages", json={"source": source}, headers={"Idempotency-Key": key, **headers})


def sources(person: Person) -> list[str]:
    listed = person.call("GET", f"/messages?user_id={person.id}").json()["messages"]
    return [message["source"] for message in listed]


def answered(person: Person, task: str) -> requests.Response:
    """Return what a task answers when it is done."""
    assert eventually(lambda: person.call("GET", task).status_code != 202)
    return person.call("GET", task)


def test_the_same_key_gets_the_first_answer(ann: Person) -> None:
    first = post(ann, "once", "k1")
    done = answered(ann, first.headers["Location"])
    second = post(ann, "once", "k1")
    assert (first.status_code, second.status_code) == (202, 202)
    assert (first.json(), first.headers["Location"]) == (second.json(), second.headers["Location"])
    assert post(ann, "once", "k1", Prefer="wait=5").content == done.content
    assert sources(ann) == ["once"]


def test_the_same_key_for_something_else_is_refused(ann: Person) -> None:
    post(ann, "once", "k1")
    other = post(ann, "twice", "k1")
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert sources(ann) == ["once"]


@pytest.mark.parametrize("key", ["", "x" * 256], ids=["empty", "long"])
def test_a_key_that_makes_no_sense_is_refused(ann: Person, key: str) -> None:
    answer = post(ann, "once", key)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key")


def test_of_fifty_clients_with_one_key_one_posts(base_url: str, ann: Person) -> None:
    def send(_number: int) -> requests.Response:
        return requests.post(
            f"{base_url}/api/v1/messages",
            json={"source": "once"},
            headers={"Idempotency-Key": "k1", "Authorization": f"Bearer {ann.token}"},
            timeout=30,
        )

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(send, range(50)))
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) <= {202, 409, 503}, "whoever has to wait for too long is told so"
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 202}) == 1
    assert all(answer.headers["Retry-After"] == "1" for answer in answers if answer.status_code == 409)
    assert sources(ann) == ["once"]


def test_the_same_key_over_the_socket_is_the_same_message(base_url: str, ann: Person) -> None:
    with listening(base_url, token=ann.token) as listener:
        body = {"source": "once", "idempotency_key": "k1"}
        acknowledged = [listener.ask("post_message", body) for _ in range(2)]
        refused = listener.ask("post_message", {**body, "source": "twice"})
    first, second = (answered(ann, each["task"]) for each in acknowledged)
    assert (first.status_code, first.json()["id"]) == (201, second.json()["id"])
    assert post(ann, "once", "k1").json()["id"] == first.json()["id"]
    answer = answered(ann, refused["task"])
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert sources(ann) == ["once"]


def test_a_task_that_was_promised_over_the_socket_is_there_at_once(base_url: str, ann: Person, bob: Person) -> None:
    seen: list[tuple[int, Json]] = []
    with listening(base_url, token=ann.token) as listener:
        for number in range(20):
            task = listener.ask("post_message", {"source": f"number {number}"})["task"]
            answer = ann.call("GET", task)
            seen.append((answer.status_code, answer.json()))
            assert bob.call("GET", task).status_code in {403, 404}
    assert {status for status, _ in seen} <= {201, 202}
