"""Whoever sends what no client of Socket.IO sends is cut off, and nothing of it is kept."""

from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIO

from chassis.testing import RecordingPublisher
from push.clients import Clients
from push.packets import TextPacket
from tests.unit.push.conftest import CreateSockets, Poller

MALFORMED = {
    "nothing": "4",
    "null": "4null",
    "an array": "4[]",
    "an object": "4{}",
    "a string": '4"2"',
    "bytes": "bMg==",
    "of no known type": '47["ping_user"]',
    "of the server's type": '44{"message":"no"}',
    "an acknowledgement": "430[]",
    "a binary event": '451-["post_message",{"_placeholder":true,"num":0}]',
    "a binary event of many parts": '459999999999-["post_message"]',
    "a binary event without parts": '450-["ping_user"]',
    "a binary acknowledgement": '461-0[{"_placeholder":true,"num":0}]',
    "an event of nothing": "42",
    "an event that is an object": '42{"0":"ping_user"}',
    "an event without a name": "42[]",
    "an event whose name is a number": "42[1]",
    "an event whose name is an array": '42[["ping_user"]]',
    "the library's own connect": '42["connect"]',
    "the library's own disconnect": '42["disconnect"]',
    "the library's word for any event": '42["*"]',
    "an event of broken JSON": '42["ping_user"',
    "an event with something behind": '42["ping_user"]]',
    "an event with no number": '42["ping_user",NaN]',
    "an event with an infinite number": '42["ping_user",-Infinity]',
    "an event with a number of too many digits": f'42["ping_user",{"9" * 5000}]',
    "an event with attachments that it does not have": '421-["ping_user"]',
    "a negative id": '42-1["ping_user"]',
    "an id of too many digits": f'42{"9" * 101}["ping_user"]',
    "an id of digits that are none": '42\u00b2["ping_user"]',
    "an object in an object in an object": f'42["ping_user",{"[" * 20_000}{"]" * 20_000}]',
    "an array in an array in an array": f"4{'[' * 30_000}",
    "credentials in an array in an array": f"40{'[' * 30_000}",
}


@pytest.fixture
def poller(app: Flask, socketio: SocketIO, create_sockets: CreateSockets) -> Poller:
    """A client of push that is connected."""
    create_sockets().register(socketio)
    poller = Poller(app)
    assert poller.post('40{"token":"ANN"}') == 200
    assert poller.poll()[0].startswith('40{"sid"')
    return poller


@pytest.mark.parametrize("packet", MALFORMED.values(), ids=MALFORMED)
def test_whoever_sends_no_packet_is_cut_off(
    poller: Poller, socketio: SocketIO, clients: Clients, publisher: RecordingPublisher, packet: str
) -> None:
    poller.post(packet)
    assert poller.post("3") == 400
    assert len(clients) == 0
    assert publisher.published == []
    assert kept_by(socketio) == 0


def test_bytes_that_belong_to_nothing_are_no_packet(poller: Poller, socketio: SocketIO) -> None:
    engine = socketio.server.eio
    [engine_id] = engine.sockets
    engine.handlers["message"](engine_id, b'42["ping_user"]')
    assert poller.post("3") == 400


def test_a_namespace_that_there_is_not_is_refused(poller: Poller, clients: Clients) -> None:
    assert poller.post("40/admin,") == 200
    assert poller.poll()[0].startswith("44/admin,")
    assert len(clients) == 1


def test_an_event_of_another_namespace_is_for_nobody(poller: Poller, publisher: RecordingPublisher) -> None:
    assert poller.post('42/admin,7["ping_user"]') == 200
    assert poller.post('428["ping_user"]') == 200
    assert poller.poll() == ['438[{"ok":true}]']
    assert len(publisher.published) == 1


def test_a_client_connects_once(poller: Poller, clients: Clients) -> None:
    for _ in range(3):
        assert poller.post("40") == 200
    assert len(clients) == 1


@pytest.mark.parametrize("given", ["0", str(2**63), "9" * 100])
def test_an_acknowledgement_has_the_id_that_was_given(poller: Poller, given: str) -> None:
    assert poller.post(f'42{given}["ping_user"]') == 200
    assert poller.poll() == [f'43{given}[{{"ok":true}}]']


def test_whoever_polls_may_post_much_in_one_go(poller: Poller) -> None:
    asked = range(100, 140)
    assert poller.post("\x1e".join(f'42{number}["ping_user"]' for number in asked)) == 200
    answers = [answer for _ in range(3) for answer in poller.poll()]
    assert answers == [f'43{number}[{{"ok":true}}]' for number in asked]


def test_what_we_send_has_no_attachments() -> None:
    with pytest.raises(TypeError):
        TextPacket(data=["updated_model", b"x"]).encode()


def kept_by(socketio: SocketIO) -> int:
    """Return how many connections or parts of packets the libraries still hold."""
    server: Any = socketio.server
    return len(server.environ) + len(server._binary_packet) + len(server.eio.sockets)  # noqa: SLF001 - nothing else tells
