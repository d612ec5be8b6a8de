"""The main job, through the gateway."""

import json

import pytest
import socketio

from tests.conftest import LogOf
from tests.people import DEADLINE_SECONDS, Listener, Person, eventually, listening


def test_a_posted_message_reaches_every_client_as_safe_html(base_url: str, ann: Person, bob: Person) -> None:
    with listening(base_url) as anonymous, listening(base_url, token=bob.token) as bobs:
        posted = ann.post("**hi** <script>alert(1)</script> http://flack.invalid")
        assert posted["status"] == "posted"
        assert "<script" not in posted["html"]
        for listener in (anonymous, bobs):
            assert listener.hears_rendered(posted["id"])
            [seen] = [message for message in listener.messages if message["id"] == posted["id"]]
            assert seen["html"].startswith("<p><strong>hi</strong>")
            assert "script" not in seen["html"]
            assert 'href="http://flack.invalid"' in seen["html"]
            assert seen == ann.read(posted["id"])


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_both_transports_carry_it(base_url: str, ann: Person, transport: str) -> None:
    with listening(base_url, transports=[transport]) as listener:
        assert listener.client.transport() == transport
        assert listener.hears_rendered(ann.post("by either way")["id"])


def test_a_large_message_arrives_whole(base_url: str, ann: Person) -> None:
    source = "&" * 8_000
    with listening(base_url, transports=["websocket"]) as listener:
        posted = ann.post(source)
        assert listener.hears_rendered(posted["id"])
        [arrived] = [message for message in listener.messages if message["id"] == posted["id"]]
        assert arrived["html"].count("&amp;") == 8_000


def test_a_task_is_accepted_until_it_is_created(ann: Person, bob: Person) -> None:
    answer = ann.call("POST", "/messages", json={"source": "follow me"})
    task = answer.headers["Location"]
    assert ann.call("GET", task).status_code in {202, 201}
    assert eventually(lambda: ann.call("GET", task).status_code == 201)
    done = ann.call("GET", task)
    assert done.headers["Location"] == f"/api/v1/messages/{answer.json()['id']}"
    assert done.json() == ann.read(answer.json()["id"])
    assert bob.call("GET", task).status_code == 403
    assert bob.call("GET", task, headers={"Authorization": ""}).status_code == 401


def test_an_edit_is_rendered_again_and_pushed(base_url: str, ann: Person, bob: Person) -> None:
    with listening(base_url) as listener:
        posted = ann.post("helo")
        assert listener.hears_rendered(posted["id"])
        assert bob.call("PUT", f"/messages/{posted['id']}", json={"source": "mine now"}).status_code == 403
        edited = ann.call("PUT", f"/messages/{posted['id']}", json={"source": "*hello*"})
        assert edited.status_code == 202
        assert eventually(lambda: ann.call("GET", edited.headers["Location"]).status_code == 204)
        assert listener.hears(lambda: (posted["id"], "<p><em>hello</em></p>") in shown(listener))
        versions = [message["version"] for message in listener.messages if message["id"] == posted["id"]]
        assert versions == sorted(set(versions))


def shown(listener: Listener) -> set[tuple[int, str]]:
    return {(message["id"], message["html"]) for message in listener.messages}


def test_a_message_can_be_posted_over_the_socket(base_url: str, ann: Person) -> None:
    with listening(base_url) as listener:
        answer = listener.ask("post_message", {"source": "over the *socket*"}, ann.token)
        assert answer["ok"] is True
        assert listener.hears(lambda: any("<em>socket</em>" in message["html"] for message in listener.messages))
        assert eventually(lambda: ann.call("GET", answer["task"]).status_code == 201)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (None,),
        ([],),
        ("text",),
        ({},),
        ({"source": None},),
        ({"source": 1},),
        ({"source": ""},),
        ({"source": "\0"},),
    ],
)
def test_bad_posts_over_the_socket_are_answered_and_the_connection_stays(
    base_url: str, ann: Person, arguments: tuple[object, ...]
) -> None:
    with listening(base_url, token=ann.token) as listener:
        answer = listener.ask("post_message", *arguments)
        assert answer["ok"] is False
        assert answer["problem"]["status"] == 400
        assert listener.ask("ping_user") == {"ok": True}


def test_who_has_no_token_can_listen_but_not_post(base_url: str) -> None:
    with listening(base_url) as listener:
        answer = listener.ask("post_message", {"source": "let me"})
        assert (answer["ok"], answer["problem"]["status"]) == (False, 401)


@pytest.mark.parametrize("token", ["wrong", "a.b.c", "ü", "x" * 5000, 5, ["t"], {"t": 1}])
def test_a_bad_token_is_refused_and_not_dropped(base_url: str, token: object) -> None:
    client = socketio.Client(reconnection=False)
    refusals: list[object] = []
    client.on("connect_error", refusals.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(base_url, auth={"token": token}, wait_timeout=DEADLINE_SECONDS)
    assert refusals
    assert json.dumps(refusals[0]).count("/problems/")


def test_registering_and_pinging_is_told_to_everybody(base_url: str) -> None:
    with listening(base_url) as listener:
        carl = Person(base_url)
        assert listener.hears(lambda: carl.nickname in {user["nickname"] for user in listener.users})
    with listening(base_url, token=carl.token) as carls:
        assert carls.ask("ping_user") == {"ok": True}
        assert eventually(lambda: carl.call("GET", "/users/me").json()["online"])


def test_one_id_follows_a_message_through_all_services(log_of: LogOf, ann: Person, base_url: str) -> None:
    with listening(base_url) as listener:
        answer = ann.call("POST", "/messages", json={"source": "follow this"})
        request_id = answer.headers["X-Request-ID"]
        assert listener.hears_rendered(answer.json()["id"])
    for name in ("messages", "renderer", "messages-consumer", "push"):
        assert eventually(lambda name=name: request_id in log_of(name)), name  # type: ignore[misc]


def test_lists_begin_where_they_are_told_to(ann: Person) -> None:
    first, second, third = (ann.post(source)["id"] for source in ("one", "two", "three"))
    listed = ann.call("GET", f"/messages?user_id={ann.id}&before={third}&limit=2").json()["messages"]
    assert [message["id"] for message in listed] == [first, second]
    assert ann.call("GET", f"/messages?user_id={ann.id}&limit=1").json()["messages"]
    assert ann.call("GET", f"/messages?user_id={ann.id}&updated_since=253402300799").json()["messages"] == []
    assert ann.call("GET", f"/messages?user_id={ann.id}&before={first}").json()["messages"] == []
