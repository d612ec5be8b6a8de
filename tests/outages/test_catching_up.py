"""Who stays connected misses nothing, though their replica of push cannot hear the broker for a while."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.outages.line import Line, line_to
from tests.outages.replicas import port_of, replica
from tests.people import Listener, Person, eventually, listening
from tools.native import Process, Stack
from tools.native.ports import PrivatePorts

TRANSPORTS = (["websocket"], ["polling"])


@dataclass(frozen=True)
class Apart:
    """A replica of push at the end of two lines; the one of the stack hears all, so that nothing waits for this one."""

    process: Process
    to_broker: Line
    to_messages: Line

    @property
    def url(self) -> str:
        """Where clients reach it."""
        return f"http://127.0.0.1:{port_of(self.process)}"

    def says(self, event: str) -> int:
        """Return how often it has logged *event*."""
        return self.process.log_path.read_text().count(f'"event": "{event}"')


@pytest.fixture
def apart(stack: Stack, tmp_path: Path) -> Iterator[Apart]:
    broker = urlsplit(stack.amqp_url("push"))
    messages = urlsplit(stack.process("push").program.environment["MESSAGES_URL"])
    with ExitStack() as undo:
        lines = [undo.enter_context(line_to(str(to.hostname), to.port or 0)) for to in (broker, messages)]
        to_broker, to_messages = lines
        amqp_url = broker._replace(netloc=f"{broker.username}:{broker.password}@{to_broker.address}").geturl()
        told = {
            "AMQP_URL": amqp_url,
            "AMQP_URL_FILE": "",
            "MESSAGES_URL": f"http://{to_messages.address}",
        }
        process = undo.enter_context(replica(stack, "push", PrivatePorts(), tmp_path, environment=told))
        yield Apart(process, to_broker, to_messages)


@pytest.fixture
def listeners(apart: Apart) -> Iterator[list[Listener]]:
    """Clients of that replica."""
    with ExitStack() as leaving:
        yield [leaving.enter_context(listening(apart.url, transports=transports)) for transports in TRANSPORTS]


@pytest.fixture
def elsewhere(base_url: str) -> Iterator[Listener]:
    """A client who is connected to the other replica."""
    with listening(base_url) as listener:
        yield listener


def know_where_they_are(listeners: list[Listener], person: Person) -> None:
    """Have something to happen, and wait until all have heard that they know it."""
    heard_before = [len(listener.places) for listener in listeners]
    person.post("is everybody there?")
    for listener, count in zip(listeners, heard_before, strict=True):
        assert hears_of_place(listener, after=count)


def hears_of_place(listener: Listener, *, after: int) -> bool:
    return listener.hears(lambda: len(listener.places) > after)


def hears_of_user(listener: Listener, nickname: str) -> bool:
    return listener.hears(lambda: nickname in {user["nickname"] for user in listener.users})


def much_happens(person: Person, elsewhere: Listener) -> dict[int, int]:
    """Post, edit and delete; return the last version of each message once it was heard of elsewhere."""
    posted, edited, deleted = [person.post(f"number {number}")["id"] for number in range(3)]
    assert elsewhere.hears_rendered(posted, edited, deleted)
    assert person.call("PUT", f"/messages/{edited}", json={"source": "edited"}).status_code == 202
    assert person.call("DELETE", f"/messages/{deleted}").status_code == 204
    assert eventually(lambda: person.read(edited)["status"] == "rendered")
    versions = {posted: 2, edited: 4, deleted: 3}
    assert hear_all(elsewhere, versions)
    return versions


def hear_all(listener: Listener, versions: dict[int, int]) -> bool:
    wanted = set(versions.items())
    return listener.hears(lambda: wanted <= {(each["id"], each["version"]) for each in listener.messages})


def assert_all_is_well(listeners: list[Listener], versions: dict[int, int]) -> None:
    for listener in listeners:
        assert hear_all(listener, versions)
        assert listener.interruptions == 0
        shown = [(each["id"], each["version"]) for each in listener.messages]
        assert len(shown) == len(set(shown)), "no version comes twice"
        assert all(shown.index(one) < shown.index(other) for one in shown for other in shown if is_before(one, other))


def is_before(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] == other[0] and one[1] < other[1]


def test_they_are_told_what_was_published_meanwhile(
    apart: Apart, listeners: list[Listener], elsewhere: Listener, ann: Person
) -> None:
    know_where_they_are(listeners, ann)
    apart.to_broker.cut()
    versions = much_happens(ann, elsewhere)
    nickname = f"{ann.nickname}-2"
    assert ann.call("PUT", f"/users/{ann.id}", json={"nickname": nickname}).status_code == 204
    assert hears_of_user(elsewhere, nickname)
    apart.to_broker.mend()
    assert_all_is_well(listeners, versions)
    for listener in listeners:
        assert hears_of_user(listener, nickname)
    know_where_they_are(listeners, ann)


def test_they_are_told_once_messages_is_back_too(
    apart: Apart, listeners: list[Listener], elsewhere: Listener, ann: Person
) -> None:
    know_where_they_are(listeners, ann)
    apart.to_broker.cut()
    apart.to_messages.cut()
    versions = much_happens(ann, elsewhere)
    apart.to_broker.mend()
    assert eventually(lambda: apart.says("catching_up") > 0 and apart.says("trying_again") > 0)
    posted = ann.post("what comes now is told at once")["id"]
    for listener in listeners:
        assert listener.hears_rendered(posted)
    apart.to_messages.mend()
    assert_all_is_well(listeners, versions)


def test_who_comes_meanwhile_is_told_too(
    apart: Apart, listeners: list[Listener], elsewhere: Listener, ann: Person
) -> None:
    know_where_they_are(listeners, ann)
    apart.to_broker.cut()
    with listening(apart.url) as newcomer:
        assert newcomer.ask("sync", {"cursor": listeners[0].places[-1]})["ok"]
        versions = much_happens(ann, elsewhere)
        apart.to_broker.mend()
        assert_all_is_well([*listeners, newcomer], versions)


def test_a_broker_that_restarts_is_nothing_that_clients_notice(stack: Stack, base_url: str, ann: Person) -> None:
    broker = stack.process("rabbitmq")
    with ExitStack() as leaving:
        listeners = [leaving.enter_context(listening(base_url, transports=transports)) for transports in TRANSPORTS]
        know_where_they_are(listeners, ann)
        posted = [ann.post("just before")["id"] for _ in range(20)]
        broker.stop()
        posted += [ann.post("meanwhile")["id"] for _ in range(20)]
        broker.start()
        broker.wait_ready()
        posted.append(ann.post("afterwards")["id"])
        for listener in listeners:
            assert listener.hears_rendered(*posted)
            assert listener.interruptions == 0
