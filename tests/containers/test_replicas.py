"""Replicas share the work, come and go without a restart of the gateway, and live clients stay with theirs."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import requests

from tests.people import Person, eventually, listening
from tests.project import Project

SECONDS = 10
CLIENTS = 12


def addresses(project: Project, service: str) -> set[str]:
    """Where the gateway finds the replicas of *service*."""
    networks = [one.inspected["NetworkSettings"]["Networks"] for one in project.containers(service)]
    return {f"{each[f'{project.name}_api']['IPAddress']}:8000" for each in networks}


def served(project: Project, path: str) -> set[str]:
    """Return which replicas have been asked for *path*, as the gateway's log has it, between nginx's own lines."""
    lines = [line[line.index("{") :] for line in project.logs("gateway").splitlines() if path in line and "{" in line]
    return {address for line in lines for address in json.loads(line)["upstream"].split(", ")}


@contextmanager
def three_of(project: Project, service: str) -> Iterator[set[str]]:
    project.scale(service, 3)
    try:
        yield addresses(project, service)
    finally:
        project.scale(service, 2)


def test_two_replicas_of_messages_share_the_requests(project: Project, ann: Person) -> None:
    path = f"/api/v1/users/{ann.id}"
    for _ in range(20):
        assert ann.call("GET", path).status_code == 200
    assert eventually(lambda: served(project, path) >= addresses(project, "messages"))


def test_a_new_replica_of_messages_is_found_and_an_old_one_is_missed_by_nobody(project: Project, ann: Person) -> None:
    path = f"/api/v1/users/{ann.id}"

    def ask() -> bool:
        return ann.call("GET", path).status_code == 200

    with three_of(project, "messages") as replicas:
        assert len(replicas) == 3
        assert eventually(lambda: ask() and served(project, path) >= replicas)
    assert all(ask() for _ in range(50))


def test_a_new_replica_of_push_gets_clients(project: Project) -> None:
    with three_of(project, "push") as replicas, ExitStack() as clients:
        for _ in range(CLIENTS):
            clients.enter_context(listening(project.base_url))
        assert eventually(lambda: served(project, "/socket.io/") >= replicas)


def test_every_client_hears_everything_whichever_replica_it_has(project: Project, ann: Person) -> None:
    with ExitStack() as stack:
        transports = (["polling"], ["websocket"], None)
        clients = [
            stack.enter_context(listening(project.base_url, transports=transports[number % 3]))
            for number in range(CLIENTS)
        ]
        posted = [ann.post(f"number {number}")["id"] for number in range(10)]
        assert all(client.hears_rendered(*posted) for client in clients)


def test_a_browser_without_a_replica_is_given_one_to_stick_to(project: Project) -> None:
    url = f"{project.base_url}/socket.io/?EIO=4&transport=polling"
    with requests.Session() as browser:
        answer = browser.get(url, timeout=SECONDS)
        [cookie] = [cookie for cookie in answer.cookies if cookie.name == "flack_push"]
        assert cookie.path == "/socket.io/"
        assert {"httponly", "samesite=lax"} <= set(answer.headers["Set-Cookie"].lower().split("; "))
        session_id = json.loads(answer.text[1:])["sid"]
        for _ in range(10):  # any other replica would not know the session
            sent = browser.post(f"{url}&sid={session_id}", data="3", timeout=SECONDS)
            assert (sent.status_code, sent.text) == (200, "OK")
