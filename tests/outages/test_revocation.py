"""A session that ends is over everywhere: on every replica, for whoever is connected, and whoever starts later."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.outages.replicas import gateway, port_of, replica
from tests.people import DEADLINE_SECONDS, Person, eventually, listening
from tools.native import Process, Stack
from tools.native.ports import PrivatePorts


@dataclass(frozen=True)
class Second:
    """The second replica of each service."""

    auth: Process
    messages: Process
    push: Process


@pytest.fixture
def second(stack: Stack, tmp_path: Path) -> Iterator[Second]:
    with ExitStack() as undo:
        ports = PrivatePorts()
        started = {
            name: undo.enter_context(replica(stack, name, ports, tmp_path)) for name in ("auth", "messages", "push")
        }
        yield Second(**started)


def address_of(process: Process) -> str:
    return f"http://127.0.0.1:{port_of(process)}"


def status(address: str, token: str, method: str = "GET", path: str = "/users/me") -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.request(method, f"{address}/api/v1{path}", headers=headers, timeout=DEADLINE_SECONDS).status_code


def test_what_one_replica_of_auth_ends_is_over_on_all_of_the_others(
    stack: Stack, second: Second, base_url: str, ann: Person
) -> None:
    readers = [base_url, address_of(second.messages)]
    pushes = [address_of(stack.process("push")), address_of(second.push)]
    with ExitStack() as undo:
        listeners = [undo.enter_context(listening(address, token=ann.token)) for address in pushes]
        assert [status(address, ann.token) for address in readers] == [200, 200]
        assert status(address_of(second.auth), ann.token, "DELETE", "/tokens") == 204
        assert status(address_of(stack.process("auth")), ann.token, "DELETE", "/tokens") == 401
        assert eventually(lambda: [status(address, ann.token) for address in readers] == [401, 401])
        for listener in listeners:
            assert listener.hears(lambda listener=listener: listener.ends == 1)  # type: ignore[misc]
            assert listener.client.connected


def test_while_the_broker_is_away_a_session_ends_all_the_same(
    stack: Stack, second: Second, base_url: str, ann: Person
) -> None:
    broker = stack.process("rabbitmq")
    with listening(base_url, token=ann.token) as listener:
        broker.stop()
        try:
            assert status(base_url, ann.token, "DELETE", "/tokens") == 204
            for address in (base_url, address_of(second.messages)):
                assert eventually(lambda address=address: status(address, ann.token) == 401)  # type: ignore[misc]
            assert listener.hears(lambda: listener.ends == 1)
        finally:
            broker.start()
            broker.wait_ready()
        assert eventually(second.messages.program.is_ready)
    assert status(base_url, ann.token) == 401


def test_while_nothing_leaves_auths_outbox_a_session_ends_all_the_same(
    stack: Stack, base_url: str, ann: Person
) -> None:
    relay = stack.process("auth-relay")
    relay.pause()
    try:
        with listening(base_url, token=ann.token) as listener:
            ann.log_out()
            assert eventually(lambda: status(base_url, ann.token) == 401)
            assert listener.hears(lambda: listener.ends == 1)
    finally:
        relay.resume()


def test_who_starts_later_knows_what_has_ended(stack: Stack, ann: Person, tmp_path: Path) -> None:
    ended = ann.token
    ann.log_out()
    going_on = ann.log_in()
    ports = PrivatePorts()
    with replica(stack, "messages", ports, tmp_path) as messages, replica(stack, "push", ports, tmp_path) as push:
        assert status(address_of(messages), ended) == 401
        assert status(address_of(messages), going_on) == 200
        with listening(address_of(push)) as listener:
            assert listener.ask("authenticate", ended)["problem"]["status"] == 401
            assert listener.ask("authenticate", going_on) == {"ok": True}


def test_while_auth_is_away_tokens_work_and_logins_wait(stack: Stack, base_url: str, ann: Person, bob: Person) -> None:
    auth = stack.process("auth")
    ended = bob.token
    bob.log_out()
    assert eventually(lambda: status(base_url, ended) == 401)
    auth.stop()
    try:
        assert status(base_url, ann.token) == 200
        assert ann.post("still here")["user_id"] == ann.id
        with listening(base_url, token=ann.token) as listener:
            assert listener.ask("post_message", {"source": "here, too"})["ok"]
        assert status(base_url, ended) == 401
        login = ann.call("POST", "/tokens", auth=(ann.nickname, "whatever it is"))
        renewal = ann.call("PUT", "/tokens", json={"refresh_token": ann.refresh_token})
        registration = ann.call("POST", "/users", json={"nickname": f"{ann.nickname}-2", "password": "long enough"})
        for answer in (login, renewal, registration):
            assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
            assert answer.headers["Retry-After"]
    finally:
        auth.start()
        auth.wait_ready()
    assert ann.take(ann.call("PUT", "/tokens", json={"refresh_token": ann.refresh_token}).json())
    assert ann.call("GET", "/users/me").status_code == 200


def test_a_refresh_token_is_good_at_every_replica_of_auth_and_once(
    stack: Stack, second: Second, ann: Person, tmp_path: Path
) -> None:
    folder = tmp_path / "gateway"
    folder.mkdir()
    with gateway(stack, "auth", [stack.process("auth"), second.auth], PrivatePorts(), folder) as address:
        ann.base_url = address
        spent = ann.refresh_token
        for _ in range(10):
            ann.take(ann.call("PUT", "/tokens", json={"refresh_token": ann.refresh_token}).json())
        assert ann.call("PUT", "/tokens", json={"refresh_token": spent}).status_code == 401
        assert ann.call("PUT", "/tokens", json={"refresh_token": ann.refresh_token}).status_code == 401


def test_a_token_that_runs_out_is_told_to_whoever_is_connected(
    stack: Stack, base_url: str, ann: Person, tmp_path: Path
) -> None:
    hasty = {"TOKEN_SECONDS": "5"}
    with replica(stack, "auth", PrivatePorts(), tmp_path, environment=hasty) as auth:
        answer = requests.put(
            f"{address_of(auth)}/api/v1/tokens", json={"refresh_token": ann.refresh_token}, timeout=DEADLINE_SECONDS
        )
        short = answer.json()
        assert short["expires_in"] == 5
        with listening(base_url, token=short["token"]) as listener:
            assert listener.hears(lambda: listener.ends == 1)
            assert listener.client.connected
    assert eventually(lambda: status(base_url, short["token"]) == 401)
    ann.take(ann.call("PUT", "/tokens", json={"refresh_token": short["refresh_token"]}).json())
    assert status(base_url, ann.token) == 200


def test_where_reading_needs_a_token_the_connection_ends_with_the_session(
    stack: Stack, ann: Person, bob: Person, tmp_path: Path
) -> None:
    closed = {"ANONYMOUS_READ": "false"}
    with replica(stack, "push", PrivatePorts(), tmp_path, environment=closed) as push:
        address = address_of(push)
        with listening(address, token=ann.token) as anns, listening(address, token=bob.token) as bobs:
            ann.log_out()
            assert anns.hears(lambda: anns.ends == 1)
            assert eventually(lambda: not anns.client.connected)
            assert bobs.hears_rendered(bob.post("for those who may read")["id"])
            assert anns.messages == []
