"""`Prefer: wait`, tombstones and conditional requests, through the gateway."""

from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.people import Json, Person, eventually, listening


def post_and_wait(person: Person, source: str, preference: str = "wait=10") -> requests.Response:
    return person.call("POST", "/messages", json={"source": source}, headers={"Prefer": preference})


def test_whoever_prefers_to_wait_gets_the_rendered_message(ann: Person) -> None:
    answer = post_and_wait(ann, "**hi**")
    message = answer.json()
    assert (answer.status_code, message["status"]) == (201, "rendered")
    assert message["html"].startswith("<p><strong>hi</strong>")
    assert answer.headers["Preference-Applied"] == "wait=10"
    assert urlsplit(answer.headers["Location"]).path == message["_links"]["self"]
    assert message == ann.read(message["id"])


@pytest.mark.parametrize("preference", ["respond-async, wait=9", 'foo; bar=1, WAIT="9"', "wait=9, wait=1"])
def test_a_preference_may_be_spelt_in_many_ways(ann: Person, preference: str) -> None:
    answer = post_and_wait(ann, "hi", preference)
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (201, "wait=9")


@pytest.mark.parametrize(
    "preference", ["wait", "wait=", "wait=soon", "wait=-1", "wait=1.5", "wait=0", "return=minimal", ""]
)
def test_what_is_no_preference_is_none(ann: Person, preference: str) -> None:
    answer = post_and_wait(ann, "hi", preference)
    assert (answer.status_code, "Preference-Applied" in answer.headers) == (202, False)


def test_nobody_waits_longer_than_ten_seconds(ann: Person) -> None:
    assert post_and_wait(ann, "hi", "wait=99999999999999999999").headers["Preference-Applied"] == "wait=10"


def test_an_edit_may_be_waited_for(ann: Person) -> None:
    message = post_and_wait(ann, "hi").json()
    path = f"/messages/{message['id']}"
    answer = ann.call("PUT", path, json={"source": "*ho*"}, headers={"Prefer": "wait=10"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert ann.read(message["id"])["html"] == "<p><em>ho</em></p>"


def test_a_task_replays_what_the_post_would_have_been_answered(ann: Person) -> None:
    posted = ann.call("POST", "/messages", json={"source": "*hi*"})
    task = posted.headers["Location"]
    assert eventually(lambda: ann.call("GET", task).status_code == 201)
    then = ann.call("GET", task)
    ann.call("PUT", then.headers["Location"], json={"source": "ho"}, headers={"Prefer": "wait=10"})
    later = ann.call("GET", task)
    assert (later.status_code, later.json(), later.headers["Location"]) == (201, then.json(), then.headers["Location"])
    assert then.json()["source"] == "*hi*"


def test_a_deleted_message_leaves_a_tombstone_that_everybody_hears_of(base_url: str, ann: Person, bob: Person) -> None:
    posted = ann.call("POST", "/messages", json={"source": "a *secret*"})
    message_id, task = posted.json()["id"], posted.headers["Location"]
    assert eventually(lambda: ann.call("GET", task).status_code == 201)
    cursor = bob.call("GET", "/messages?before=1").json()["cursor"]  # from now on
    path = f"/messages/{message_id}"
    with listening(base_url) as listener:
        assert bob.call("DELETE", path).status_code == 403
        answer = ann.call("DELETE", path)
        assert (answer.status_code, answer.content) == (204, b"")
        assert listener.hears(lambda: any(m["id"] == message_id and m["deleted"] for m in listener.messages))
    followed = bob.call("GET", f"/messages?cursor={cursor}").json()["messages"]
    [tombstone] = [message for message in followed if message["id"] == message_id]
    assert (tombstone["deleted"], tombstone["source"], tombstone["html"], tombstone["previews"]) == (True, "", "", [])
    assert problem(ann.call("GET", path)) == (410, "message-deleted")
    assert problem(ann.call("GET", task)) == (410, "message-deleted")
    assert problem(ann.call("PUT", path, json={"source": "again"})) == (404, "message-not-found")
    assert problem(ann.call("DELETE", path)) == (404, "message-not-found")


def test_nobody_deletes_without_a_token(base_url: str, ann: Person) -> None:
    url = f"{base_url}/api/v1/messages/{ann.post('hi')['id']}"
    assert problem(requests.delete(url, timeout=10)) == (401, "not-authenticated")


def problem(answer: requests.Response) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: Json = answer.json()
    return answer.status_code, body["type"].removeprefix("/problems/")


def test_what_is_known_is_not_sent_again(ann: Person, bob: Person) -> None:
    message = post_and_wait(ann, "hi").json()
    # Of Bob, who asks nothing: when Ann was last seen changes while she does.
    for path in (f"/messages/{message['id']}", f"/users/{bob.id}", f"/messages?user_id={ann.id}"):
        first = ann.call("GET", path)
        again = conditional(ann, path, first.headers["ETag"])
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
        assert conditional(ann, path, 'W/"other"').status_code == 200


def test_what_has_changed_is_sent_again(ann: Person) -> None:
    message = post_and_wait(ann, "hi").json()
    paths = (f"/messages/{message['id']}", f"/messages?user_id={ann.id}")
    tags = [ann.call("GET", path).headers["ETag"] for path in paths]
    ann.call("PUT", paths[0], json={"source": "ho"}, headers={"Prefer": "wait=10"})
    assert [conditional(ann, path, tag).status_code for path, tag in zip(paths, tags, strict=True)] == [200, 200]


def test_a_list_that_nobody_changes_stays_known_whatever_else_is_written(ann: Person, bob: Person) -> None:
    post_and_wait(ann, "hi")
    path = f"/messages?user_id={ann.id}"
    tag = ann.call("GET", path).headers["ETag"]
    post_and_wait(bob, "hi")
    assert conditional(ann, path, tag).status_code == 304


def conditional(person: Person, path: str, tag: str) -> requests.Response:
    headers: dict[str, Any] = {"If-None-Match": tag}
    return person.call("GET", path, headers=headers)


@pytest.mark.parametrize("anonymous", [True, False], ids=["anonymous", "logged-in"])
def test_a_precondition_that_does_not_hold_is_a_problem(ann: Person, *, anonymous: bool) -> None:
    given = {"Authorization": ""} if anonymous else {}
    refused = ann.call("GET", "/messages", headers={**given, "If-Match": '"x"'})
    assert (refused.status_code, refused.json()["type"]) == (412, "/problems/precondition-failed")
    assert ann.call("GET", "/messages", headers={**given, "If-Match": "*"}).status_code == 200
