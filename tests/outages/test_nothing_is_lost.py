"""Any part may stop, or die, and what was posted meanwhile arrives once it is back."""

import html
import threading
from collections import Counter
from collections.abc import Iterator

import psutil
import pytest

from tests.people import Listener, Person, eventually, listening
from tools.native import Process, Stack

POSTS = 50
# The renderer makes the HTML, the consumer stores it, and the relay carries events to both.
PARTS = ["renderer", "messages-consumer", "messages-relay"]


@pytest.fixture
def listener(base_url: str) -> Iterator[Listener]:
    with listening(base_url) as one:
        yield one


def post_many(person: Person, word: str, count: int = POSTS) -> dict[int, str]:
    sources = [f"**{word}** & <{number}>" for number in range(count)]
    return {person.post(source)["id"]: source for source in sources}


def are_all_rendered(person: Person, ids: list[int]) -> bool:
    return all(person.read(message_id)["status"] == "rendered" for message_id in ids)


def assert_each_arrived_once(listener: Listener, person: Person, ids: list[int]) -> None:
    assert listener.hears_rendered(*ids)
    # Whatever was sent twice would come before what is posted now.
    assert listener.hears_rendered(person.post("the last")["id"])
    versions = Counter((message["id"], message["version"]) for message in listener.messages)
    assert {version: count for version, count in versions.items() if count > 1} == {}
    assert sorted(message_id for message_id, _ in versions if message_id in ids) == sorted(ids)


@pytest.mark.parametrize("part", PARTS)
def test_what_was_posted_while_a_part_was_stopped_arrives_when_it_is_back(
    stack: Stack, ann: Person, listener: Listener, part: str
) -> None:
    process = stack.process(part)
    process.stop()
    posted = post_many(ann, part)
    for message_id, source in posted.items():
        message = ann.read(message_id)
        assert (message["status"], message["html"]) == ("posted", html.escape(source))
    assert listener.messages == []
    start(process)
    assert_each_arrived_once(listener, ann, list(posted))
    assert are_all_rendered(ann, list(posted))


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_killed_at_work_loses_nothing(stack: Stack, ann: Person, listener: Listener, part: str) -> None:
    posted = list(post_many(ann, part, count=10))
    stack.process(part).kill()
    posted += post_many(ann, part, count=20)
    start(stack.process(part))
    assert listener.hears_rendered(*posted)
    assert are_all_rendered(ann, posted)


def test_a_rendering_process_that_is_killed_is_replaced(stack: Stack, ann: Person, listener: Listener) -> None:
    assert listener.hears_rendered(ann.post("**before**")["id"])
    for child in psutil.Process(stack.process("renderer").pid).children(recursive=True):
        child.kill()
    posted = [ann.post("**after**")["id"] for _ in range(3)]
    assert listener.hears_rendered(*posted)
    assert {ann.read(message_id)["html"] for message_id in posted} == {"<p><strong>after</strong></p>"}


def test_an_ended_session_stays_ended_where_no_broker_can_tell(stack: Stack, ann: Person) -> None:
    dead = {"Authorization": f"Bearer {ann.token}"}
    assert ann.call("DELETE", "/tokens").status_code == 204
    ann.log_in()
    broker, messages = stack.process("rabbitmq"), stack.process("messages")
    broker.stop()
    messages.stop()
    start(messages)
    assert eventually(lambda: ann.call("POST", "/messages", json={"source": "alive"}).status_code == 202)
    assert ann.call("POST", "/messages", json={"source": "dead"}, headers=dead).status_code == 401
    start(broker)


def test_a_broker_that_restarts_under_traffic_loses_nothing(stack: Stack, ann: Person, listener: Listener) -> None:
    posted: list[int] = []
    enough = threading.Event()

    def keep_posting() -> None:
        while not enough.wait(0.02):
            posted.append(ann.post(f"number {len(posted)}")["id"])

    traffic = threading.Thread(target=keep_posting)
    traffic.start()
    assert listener.hears(lambda: len(listener.messages) > 20)
    broker = stack.process("rabbitmq")
    broker.stop()
    before = len(posted)
    assert eventually(lambda: len(posted) > before + 20), "posts are taken while the broker is away"
    start(broker)
    enough.set()
    traffic.join()
    assert eventually(lambda: are_all_rendered(ann, posted), seconds=60)
    assert listener.hears_rendered(ann.post("and on it goes")["id"])
    versions = Counter((message["id"], message["version"]) for message in listener.messages)
    assert max(versions.values()) == 1


def test_a_database_that_restarts_is_found_again(stack: Stack, ann: Person, listener: Listener) -> None:
    database = stack.process("postgres")
    database.stop()
    answer = ann.call("POST", "/messages", json={"source": "nobody home"})
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
    assert "Retry-After" in answer.headers
    start(database)
    assert eventually(lambda: ann.call("POST", "/messages", json={"source": "again"}).status_code == 202)
    assert listener.hears_rendered(ann.post("back")["id"])


def test_push_that_is_stopped_lets_its_clients_go_at_once(stack: Stack, base_url: str, ann: Person) -> None:
    with listening(base_url) as client:
        gone = threading.Event()
        client.client.on("disconnect", lambda *_: gone.set())
        stack.process("push").stop()
        assert gone.wait(10)
        start(stack.process("push"))
        assert eventually(lambda: client.client.connected)
        assert client.hears_rendered(ann.post("welcome back")["id"])


def test_a_registration_that_auth_cannot_take_leaves_nothing(stack: Stack, ann: Person) -> None:
    auth = stack.process("auth")
    auth.stop()
    fields = {"nickname": f"{ann.nickname}-2", "password": "long enough"}
    refused = ann.call("POST", "/users", json=fields)
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/unavailable")
    start(auth)
    assert ann.call("POST", "/users", json=fields).status_code == 201
    assert ann.call("POST", "/tokens", auth=tuple(fields.values())).status_code == 200


def test_a_change_of_a_user_that_auth_cannot_take_changes_nothing(stack: Stack, ann: Person) -> None:
    auth = stack.process("auth")
    auth.stop()
    changes = {"nickname": f"{ann.nickname}-2", "password": "long enough"}
    refused = ann.call("PUT", f"/users/{ann.id}", json=changes)
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/unavailable")
    start(auth)
    assert ann.call("GET", "/users/me").json()["nickname"] == ann.nickname
    assert ann.log_in()


def test_a_service_that_is_away_is_a_problem_and_no_page(stack: Stack, ann: Person) -> None:
    messages = stack.process("messages")
    messages.stop()
    answers = [ann.call("POST", "/messages", json={"source": "anybody?"}), ann.call("GET", "/messages")]
    start(messages)
    for answer in answers:
        assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
        assert (answer.json()["type"], answer.headers["Retry-After"]) == ("/problems/unavailable", "1")


def start(process: Process) -> None:
    process.start()
    process.wait_ready()
