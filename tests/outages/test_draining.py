"""Whoever is asked to stop finishes what is in hand, and hangs up on nobody who could have been answered."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest
import requests
import socketio

from tests.outages.replicas import gateway, port_of, replica
from tests.outages.stubborn import STUBBORN
from tests.people import Listener, Person, eventually, listening
from tools.native import Process, Stack
from tools.native.ports import PrivatePorts, is_free

WEB = ["auth", "messages", "push"]
ROUNDS = 2
KEPT_CONNECTIONS = 16


@pytest.fixture(scope="module")
def ports() -> PrivatePorts:
    return PrivatePorts()


def is_gone(process: Process) -> bool:
    return process.exit_status is not None


def is_shut(process: Process) -> bool:
    return is_free(port_of(process))


def ends_by_itself(process: Process) -> bool:
    """Whether it ends in order; it is killed after thirty seconds."""
    return eventually(lambda: is_gone(process)) and process.exit_status == 0


@pytest.fixture(params=WEB)
def web(request: pytest.FixtureRequest, stack: Stack, ports: PrivatePorts, tmp_path: Path) -> Iterator[Process]:
    with replica(stack, request.param, ports, tmp_path) as process:
        yield process


def test_a_request_that_arrives_on_a_kept_connection_is_answered_while_a_process_drains(web: Process) -> None:
    connection = HTTPConnection("127.0.0.1", port_of(web), timeout=20)
    connection.request("GET", "/livez")
    answer = connection.getresponse()
    assert (answer.status, answer.read() != b"", answer.will_close) == (200, True, False)
    web.ask_to_stop()
    assert eventually(lambda: is_shut(web))
    connection.request("GET", "/livez")
    answer = connection.getresponse()
    assert (answer.status, answer.read() != b"", answer.will_close) == (200, True, True)
    assert ends_by_itself(web)


def test_a_request_in_flight_is_finished(stack: Stack, ports: PrivatePorts, ann: Person, tmp_path: Path) -> None:
    body = b'{"source": "slowly does it"}'
    with replica(stack, "messages", ports, tmp_path) as process:
        connection = HTTPConnection("127.0.0.1", port_of(process), timeout=20)
        connection.putrequest("POST", "/api/v1/messages")
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Authorization": f"Bearer {ann.token}",
        }
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(body[:10])
        process.ask_to_stop()
        assert eventually(lambda: is_shut(process))
        connection.send(body[10:])
        assert connection.getresponse().status == 202
        assert ends_by_itself(process)


def test_a_rolling_restart_is_felt_by_nobody(stack: Stack, ports: PrivatePorts, ann: Person, tmp_path: Path) -> None:
    answers: Counter[str] = Counter()
    enough = threading.Event()

    def post(base_url: str) -> None:
        with requests.Session() as http:
            http.headers["Authorization"] = f"Bearer {ann.token}"
            while not enough.wait(0.02):
                try:
                    answer = http.post(f"{base_url}/api/v1/messages", json={"source": "rolling"}, timeout=30)
                    answers[str(answer.status_code)] += 1
                except requests.RequestException as error:
                    answers[repr(error)] += 1

    with ExitStack() as running:
        replicas = [running.enter_context(replica(stack, "messages", ports, tmp_path)) for _ in range(2)]
        base_url = running.enter_context(gateway(stack, "messages", replicas, ports, tmp_path))
        people = [threading.Thread(target=post, args=(base_url,)) for _ in range(KEPT_CONNECTIONS)]
        for person in people:
            person.start()
        for process in replicas * ROUNDS:
            before = answers.total()
            assert eventually(lambda least=before + 100: answers.total() > least)  # type: ignore[misc]
            process.ask_to_stop()
            assert ends_by_itself(process)
            process.start()
            process.wait_ready()
        enough.set()
        for person in people:
            person.join()
    assert list(answers) == ["202"]


def test_push_is_gone_whatever_its_clients_do(stack: Stack, ports: PrivatePorts, ann: Person, tmp_path: Path) -> None:
    with replica(stack, "push", ports, tmp_path) as push, ExitStack() as clients:
        port = port_of(push)
        with listening(f"http://127.0.0.1:{port}") as listener:
            for stubborn in STUBBORN:
                clients.enter_context(stubborn(port))
            # More than any buffer on the way to a client that does not read.
            posted = [ann.post("word " * 1600)["id"] for _ in range(100)]
            assert listener.hears_rendered(*posted)
            push.ask_to_stop()
            assert ends_by_itself(push)
    assert "requests_cut_off" not in push.log_path.read_text()


def test_clients_of_push_move_to_another_replica(
    stack: Stack, ports: PrivatePorts, ann: Person, tmp_path: Path
) -> None:
    with ExitStack() as running:
        replicas = [running.enter_context(replica(stack, "push", ports, tmp_path)) for _ in range(2)]
        by_client = "hash $arg_client consistent;"
        base_url = running.enter_context(gateway(stack, "push", replicas, ports, tmp_path, choose=by_client))
        listeners = [
            running.enter_context(listening(f"{base_url}?client={way}-{number}", transports=transports))
            for number in range(3)
            for way, transports in {"websocket": ["websocket"], "polling": ["polling"], "both": None}.items()
        ]
        for process in replicas:
            process.ask_to_stop()
            assert ends_by_itself(process)
            assert eventually(lambda: all(hears_anew(listener, ann) for listener in listeners))
            process.start()
            process.wait_ready()


def hears_anew(listener: Listener, person: Person) -> bool:
    posted = person.post("are you there?")["id"]
    return listener.hears(lambda: any(message["id"] == posted for message in listener.messages), seconds=2)


def test_whatever_push_acknowledges_is_posted(stack: Stack, ports: PrivatePorts, ann: Person, tmp_path: Path) -> None:
    tasks: list[str] = []

    def keep_posting(listener: Listener) -> None:
        with suppress(socketio.exceptions.SocketIOError):
            while True:
                tasks.append(listener.ask("post_message", {"source": "on the way out"})["task"])

    with replica(stack, "push", ports, tmp_path) as push:
        listeners = [Listener(f"http://127.0.0.1:{port_of(push)}", token=ann.token) for _ in range(4)]
        people = [threading.Thread(target=keep_posting, args=(listener,)) for listener in listeners]
        for person in people:
            person.start()
        assert eventually(lambda: len(tasks) > 40)
        push.ask_to_stop()
        assert ends_by_itself(push)
        for listener, person in zip(listeners, people, strict=True):
            listener.client.shutdown()
            person.join()
    assert eventually(lambda: all(ann.call("GET", task).status_code == 201 for task in tasks))


@pytest.mark.parametrize("part", ["messages-consumer", "messages-relay", "renderer"])
def test_a_part_that_is_stopped_at_work_finishes_what_is_in_hand(stack: Stack, ann: Person, part: str) -> None:
    process = stack.process(part)
    said_before = len(process.log_path.read_text())
    posted = [ann.post(f"before {part}")["id"] for _ in range(20)]
    process.ask_to_stop()
    assert ends_by_itself(process)
    posted += [ann.post(f"after {part}")["id"] for _ in range(20)]
    process.start()
    process.wait_ready()
    assert eventually(lambda: all(ann.read(message_id)["status"] == "rendered" for message_id in posted))
    said = process.log_path.read_text()[said_before:]
    handled = [json.loads(line) for line in said.splitlines() if '"event_handled"' in line]
    assert [event for event, times in Counter(line["event_id"] for line in handled).items() if times > 1] == []
