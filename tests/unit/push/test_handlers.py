"""Every change reaches every client of this replica."""

from typing import Any

import pytest
from flask_socketio import SocketIO

from chassis.envelope import Envelope
from chassis.topology import InstanceQueue
from contracts import (
    Event,
    InvalidEventError,
    MessageRendered,
    MessageUpdated,
    UnknownEventError,
    UserUpdated,
)
from push.handlers import QUEUE, create_handle
from tests.unit.push.conftest import Connect


def updated(message_id: int = 7, version: int = 1, **model: Any) -> MessageUpdated:
    return MessageUpdated(message_id=message_id, version=version, model={"id": message_id, **model})


def around(event: Event) -> Envelope:
    return Envelope.around(event, source="/test")


def test_a_message_that_changed_is_sent_to_everybody(connect: Connect, socketio: SocketIO) -> None:
    everybody = [connect(), connect({"token": "ANN"}), connect({"token": "BOB"})]
    create_handle(socketio)(around(updated(html="<p>hi</p>")))
    expected = {"class": "Message", "model": {"id": 7, "html": "<p>hi</p>"}}
    for client in everybody:
        assert client.get_received() == [{"name": "updated_model", "args": [expected], "namespace": "/"}]


def test_a_user_who_changed_is_sent_to_everybody(connect: Connect, socketio: SocketIO) -> None:
    client = connect()
    create_handle(socketio)(around(UserUpdated(user_id=1, model={"id": 1, "online": True})))
    [received] = client.get_received()
    assert received["args"] == [{"class": "User", "model": {"id": 1, "online": True}}]


def test_no_client_goes_back_to_an_older_version(connect: Connect, socketio: SocketIO) -> None:
    client, handle = connect(), create_handle(socketio)
    for version in (2, 1, 2, 3):
        handle(around(updated(version=version, version_shown=version)))
    assert [each["args"][0]["model"]["version_shown"] for each in client.get_received()] == [2, 3]


def test_messages_have_versions_of_their_own(connect: Connect, socketio: SocketIO) -> None:
    client, handle = connect(), create_handle(socketio)
    handle(around(updated(message_id=7, version=5)))
    handle(around(updated(message_id=8, version=1)))
    assert [each["args"][0]["model"]["id"] for each in client.get_received()] == [7, 8]


def test_nobody_listening_is_no_failure(socketio: SocketIO) -> None:
    create_handle(socketio)(around(updated()))


def test_what_is_of_no_use_to_clients_is_refused(connect: Connect, socketio: SocketIO) -> None:
    client = connect()
    with pytest.raises(UnknownEventError):
        create_handle(socketio)(around(MessageRendered(message_id=7, version=1, html="")))
    assert client.get_received() == []


def test_what_is_no_event_is_refused(socketio: SocketIO) -> None:
    envelope = around(updated())
    broken = Envelope(id="e", type=envelope.type, data=b"{}", source="/test", time=envelope.time)
    with pytest.raises(InvalidEventError):
        create_handle(socketio)(broken)


def test_every_replica_takes_every_change() -> None:
    assert isinstance(QUEUE, InstanceQueue)
    assert {MessageUpdated.type, UserUpdated.type} <= set(QUEUE.types)
