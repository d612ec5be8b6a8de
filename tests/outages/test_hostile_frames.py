"""Whatever somebody sends to push, they are refused or cut off, nobody else notices, and nothing is left of it."""

import random
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import psutil
import pytest

from tests.outages.offences import OFFENCES, PING_USER, random_bytes
from tests.outages.raw_websocket import CONTINUATION, PATH, PING, TEXT, RawWebSocket, frame, handshake, raw
from tests.outages.replicas import gateway, port_of, replica
from tests.people import Listener, Person, eventually, listening
from tools.native import Process, Stack
from tools.native.ports import PrivatePorts

TRANSPORTS = {"websocket": ["websocket"], "polling": ["polling"], "both": None}
ROUNDS = 200
GROWTH_BYTES = 10 * 1024 * 1024
# Longer than push waits for a client that does not answer its pings.
SILENCE_SECONDS = 90.0


@dataclass(frozen=True)
class Push:
    """A replica of push, and a gateway that knows no other.

    Attributes:
        worker: What serves the clients.
    """

    direct: str
    gateway: str
    process: Process
    worker: psutil.Process = field(init=False)

    def __post_init__(self) -> None:
        [worker] = psutil.Process(self.process.pid).children()
        object.__setattr__(self, "worker", worker)

    @property
    def ways(self) -> list[str]:
        """Where it can be reached."""
        return [self.direct, self.gateway]


@pytest.fixture(scope="module")
def push(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Push]:
    ports, folder = PrivatePorts(), tmp_path_factory.mktemp("push")
    with replica(stack, "push", ports, folder) as process, gateway(stack, "push", [process], ports, folder) as url:
        yield Push(f"http://127.0.0.1:{port_of(process)}", url, process)


def half_a_handshake(client: RawWebSocket) -> None:
    client.send(handshake(client.host)[:-20])


def half_a_frame(client: RawWebSocket) -> None:
    client.join().send(frame(PING_USER)[:5])


def half_a_message(client: RawWebSocket) -> None:
    client.join().send(frame("4", TEXT, fin=False))


def nothing_after_the_handshake(client: RawWebSocket) -> None:
    client.send(handshake(client.host))


def nothing_after_joining(client: RawWebSocket) -> None:
    client.join()


SILENT = [half_a_handshake, half_a_frame, half_a_message, nothing_after_the_handshake, nothing_after_joining]


@pytest.fixture(scope="module", autouse=True)
def silent(push: Push) -> Iterator[list[RawWebSocket]]:
    """Clients that say no more for as long as the other tests take."""
    with ExitStack() as undo:
        clients = [undo.enter_context(raw(url)) for url in push.ways for _ in SILENT]
        for client, begin in zip(clients, SILENT * len(push.ways), strict=True):
            begin(client)
        yield clients


@dataclass
class Crowd:
    """People who behave, and what they hear."""

    author: Person
    listeners: list[Listener]
    posted: list[int] = field(default_factory=list)

    def talk(self, enough: threading.Event) -> None:
        """Post until it is *enough*."""
        while not enough.wait(0.1):
            self.posted.append(self.author.post(f"number {len(self.posted)}")["id"])

    def hears_all(self) -> bool:
        """Whether everybody has heard, once, of all that was posted."""
        return all(listener.hears_rendered(*self.posted) for listener in self.listeners)


@pytest.fixture
def crowd(push: Push, ann: Person) -> Iterator[Crowd]:
    """People who talk and listen all the time, and at the end have heard all, over the connections of the beginning."""
    with ExitStack() as undo:
        listeners = [
            undo.enter_context(listening(push.gateway, transports=transports)) for transports in TRANSPORTS.values()
        ]
        crowd, enough, gone = Crowd(ann, listeners), threading.Event(), threading.Event()
        for listener in listeners:
            listener.client.on("disconnect", lambda *_: gone.set())
        talking = threading.Thread(target=crowd.talk, args=(enough,))
        talking.start()
        yield crowd
        enough.set()
        talking.join()
        assert crowd.hears_all()
        assert not gone.is_set()


def offend(push: Push, seed: int) -> list[str]:
    """Do all that nobody may, in some order; return what was not answered by hanging up."""
    offences = [(name, parts, url) for name, parts in OFFENCES.items() for url in push.ways]
    random.Random(seed).shuffle(offences)
    return [f"{name} at {url}" for name, parts, url in offences if not is_cut_off_for(parts, url)]


def is_cut_off_for(parts: list[bytes], url: str) -> bool:
    with raw(url) as client:
        client.join()
        client.send(*parts)
        return client.is_cut_off()


def babble(push: Push, seed: int, rounds: int) -> None:
    """Send what is like frames by chance, in pieces of any size, and hang up."""
    chance = random.Random(seed)
    for number in range(rounds):
        with raw(push.ways[number % 2]) as client:
            if chance.random() < 0.9:
                client.join()
            told = random_bytes(chance)
            size = chance.choice([1, 7, 1000]) if len(told) < 3000 else len(told)
            client.send(*(told[at : at + size] for at in range(0, len(told), size)))
            client.is_cut_off(seconds=0.02)


def test_whoever_breaks_the_rules_is_cut_off_and_nobody_else_notices(push: Push, crowd: Crowd) -> None:
    assert crowd.hears_all()
    assert offend(push, seed=1) == []


def test_no_deflate_is_agreed_on(push: Push) -> None:
    for url in push.ways:
        with raw(url) as client:
            client.join(Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits")
            head, _, _ = client.received.partition(b"\r\n\r\n")
            assert b"101 " in head
            assert b"extensions" not in head.lower()


@pytest.mark.parametrize("size", [1, 2, 3, 5, 11, 100])
def test_frames_may_come_in_pieces_of_any_size(push: Push, size: int) -> None:
    told = frame("42", fin=False) + frame(b"x", PING) + frame('7["shout"]', CONTINUATION)
    for url in push.ways:
        with raw(url) as client:
            client.join()
            client.send(*(told[at : at + size] for at in range(0, len(told), size)))
            client.receive(until=b'437[{"ok":false')


NO_HANDSHAKES = {
    "of another version": {"Sec_WebSocket_Version": "12"},
    "without a version": {"Sec_WebSocket_Version": ""},
    "without a key": {"Sec_WebSocket_Key": ""},
    "without an upgrade": {"Upgrade": ""},
    "to something else": {"Upgrade": "h2c"},
    "of a page of somebody else": {"Origin": "https://evil.example"},
    "of another Engine.IO": {"path": PATH.replace("EIO=4", "EIO=3")},
    "of a session that there is not": {"path": f"{PATH}&sid=nobody"},
    "by another transport": {"path": PATH.replace("websocket", "carrier-pigeon")},
}


@pytest.mark.parametrize("told", NO_HANDSHAKES.values(), ids=NO_HANDSHAKES)
def test_a_handshake_that_is_none_is_refused(push: Push, told: dict[str, str]) -> None:
    for url in push.ways:
        with raw(url) as client:
            client.send(handshake(client.host, **told))
            client.receive(until=b"\r\n")
            assert b" 101 " not in client.received


def test_whatever_is_sent_nothing_is_left_of_it(push: Push, crowd: Crowd) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed: {seed}")  # noqa: T201 - shown if the test fails
    assert crowd.hears_all()
    files = push.worker.num_fds()
    babble(push, seed, ROUNDS)
    offend(push, seed)
    assert eventually(lambda: push.worker.num_fds() <= files)
    before = push.worker.memory_info().rss
    babble(push, seed + 1, ROUNDS)
    assert offend(push, seed + 1) == []
    assert eventually(lambda: push.worker.num_fds() <= files)
    assert push.worker.memory_info().rss - before < GROWTH_BYTES


def test_whoever_says_half_and_no_more_is_given_up(silent: list[RawWebSocket]) -> None:
    assert [number for number, client in enumerate(silent) if not client.is_cut_off(seconds=SILENCE_SECONDS)] == []


def test_nothing_of_it_was_a_fault_of_ours(push: Push) -> None:
    lines = push.process.log_path.read_text(encoding="utf-8", errors="replace").splitlines()
    assert any("client_cut_off" in line for line in lines)
    assert [line[:500] for line in lines if "Traceback" in line or '"level": "error"' in line] == []
