"""Whatever becomes of connections, replicas and the broker: in the end every client knows the latest of everything."""

import random
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
import requests

from tests.outages.chaos import Chaos
from tests.outages.line import Line, line_to
from tests.outages.replicas import gateway, replica
from tests.outages.resuming import Key, ResumingClient
from tests.people import Person, eventually
from tools.native import Process, Stack
from tools.native.ports import PrivatePorts

TRANSPORTS = {"websocket": ["websocket"], "polling": ["polling"], "both": None}
CLIENTS_OF_A_KIND = 4
CHAOS_SECONDS = 180.0
SETTLED_SECONDS = 120.0
PAUSE_SECONDS = 0.1
LATEST = """
    SELECT 'Message', id, version FROM messages WHERE user_id = ANY(%(people)s)
    UNION ALL SELECT 'User', id, version FROM users WHERE id = ANY(%(people)s)
"""


@pytest.fixture
def replicas(stack: Stack, tmp_path: Path) -> Iterator[list[Process]]:
    with ExitStack() as undo:
        ports = PrivatePorts()
        yield [undo.enter_context(replica(stack, "push", ports, tmp_path)) for _ in range(2)]


@pytest.fixture
def lines(stack: Stack, replicas: list[Process], tmp_path: Path) -> Iterator[list[Line]]:
    """Return one line for each client, to a gateway that sends each client to the same replica while that is there."""
    by_client = "hash $arg_client consistent;"
    with gateway(stack, "push", replicas, PrivatePorts(), tmp_path, choose=by_client) as url, ExitStack() as undo:
        to = urlsplit(url)
        count = CLIENTS_OF_A_KIND * len(TRANSPORTS)
        yield [undo.enter_context(line_to(str(to.hostname), to.port or 0)) for _ in range(count)]


class Writer:
    """Somebody who posts, edits, deletes and takes other names, and takes no answer for a no."""

    def __init__(self, person: Person, seed: int) -> None:
        self.person = person
        self._chance = random.Random(f"{seed} {person.id}")
        self._posted: list[int] = []

    def write(self, enough: threading.Event) -> None:
        """Write until it is *enough*."""
        while not enough.wait(PAUSE_SECONDS):
            try:
                self._write_something()
            except requests.RequestException:
                continue

    def _write_something(self) -> None:
        match self._chance.choices(["post", "edit", "delete", "rename"], [5, 3, 1, 1])[0]:
            case "edit" if self._posted:
                self._change("PUT", json={"source": f"edited {self._chance.random()}"})
            case "delete" if self._posted:
                self._change("DELETE")
            case "rename":
                name = f"n-{self.person.id}-{self._chance.randrange(10**9)}"
                self.person.call("PUT", f"/users/{self.person.id}", json={"nickname": name})
            case _:
                answer = self.person.call("POST", "/messages", json={"source": f"**{self._chance.random()}**"})
                if answer.status_code == 202:
                    self._posted.append(answer.json()["id"])

    def _change(self, method: str, **options: object) -> None:
        self.person.call(method, f"/messages/{self._chance.choice(self._posted)}", **options)


def latest(stack: Stack, writers: list[Writer]) -> dict[Key, int]:
    """Return the version that each message of *writers*, and each of them, has in the database."""
    connection = psycopg2.connect(stack.database_url("messages"))
    with connection, connection.cursor() as cursor:
        cursor.execute(LATEST, {"people": [writer.person.id for writer in writers]})
        rows = cursor.fetchall()
    connection.close()
    return {(kind, model_id): version for kind, model_id, version in rows}


def what_they_lack(stack: Stack, clients: dict[str, ResumingClient], writers: list[Writer]) -> dict[str, object]:
    """Return, by client, how it differs from the database."""
    there = latest(stack, writers).items()
    known = {name: client.versions() for name, client in clients.items()}
    found = {name: dict(there - versions.items()) for name, versions in known.items()}
    return {name: lacking for name, lacking in found.items() if lacking}


@pytest.mark.timeout(600)
def test_every_client_knows_the_latest_of_everything(
    stack: Stack, base_url: str, ann: Person, replicas: list[Process], lines: list[Line]
) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed: {seed}")  # noqa: T201 - shown if the test fails
    cursor = ann.call("GET", "/messages?before=1").json()["cursor"]
    writers = [Writer(Person(base_url), seed) for _ in range(3)]
    chaos = Chaos(seed, lines=lines, replicas=replicas, broker=stack.process("rabbitmq"))
    enough = threading.Event()
    clients: dict[str, ResumingClient] = {}
    with ExitStack() as undo:
        for number, line in enumerate(lines):
            name, transports = list(TRANSPORTS.items())[number % len(TRANSPORTS)]
            token = writers[number % len(writers)].person.token if number % 2 else None
            client = ResumingClient(
                f"http://{line.address}?client={name}-{number}", transports=transports, token=token, cursor=cursor
            )
            undo.callback(client.stop)
            clients[f"{name} {number}"] = client
        assert eventually(lambda: all(client.stays for client in clients.values()))
        writing = [threading.Thread(target=writer.write, args=(enough,)) for writer in writers]
        for thread in writing:
            thread.start()
        with chaos.going_on():
            enough.wait(CHAOS_SECONDS)
        enough.set()
        for thread in writing:
            thread.join()
        assert eventually(lambda: not what_they_lack(stack, clients, writers), seconds=SETTLED_SECONDS), what_they_lack(
            stack, clients, writers
        )
    assert {name: client.complaints for name, client in clients.items() if client.complaints} == {}
    assert len(latest(stack, writers)) > CHAOS_SECONDS
    assert chaos.mishaps.keys() == {"cut", "kill", "restart"}
