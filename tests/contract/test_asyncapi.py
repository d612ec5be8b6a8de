"""What is said of events and sockets, without running anything."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import jsonschema_rs
import pytest

from chassis.envelope import Envelope
from contracts import EVENTS, Event, PushHeartbeat
from push import sockets
from tests.asyncapi import FOLDER, SocketsDescription, committed
from tests.conftest import HOMES
from tools.asyncapi import events as events_document
from tools.asyncapi import sockets as sockets_document
from tools.asyncapi.documents import DOCUMENTS, text
from tools.asyncapi.parts import NotDescribedError
from tools.native.npm import node_modules

PACKAGE = Path(__file__).parent / "asyncapi"
DOCS = FOLDER.parent
OF_EVENTS = committed("events.json")
OF_SOCKETS = committed("sockets.json")


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageLost(Event):
    """Nobody tells it, and nobody wants to hear it."""

    type: ClassVar[str] = "message.lost.v1"


@pytest.fixture(scope="module")
def specification() -> Any:
    """AsyncAPI's own schema of what an AsyncAPI document is."""
    found = node_modules(PACKAGE, HOMES / "asyncapi") / "@asyncapi" / "specs" / "schemas" / "3.0.0.json"
    return jsonschema_rs.validator_for(json.loads(found.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_committed_description_is_that_of_the_code(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == text(name), "stale; `make asyncapi` writes it anew"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_is_asyncapi(name: str, specification: Any) -> None:
    assert [error.message for error in specification.iter_errors(committed(name))] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_whatever_it_refers_to_is_there(name: str) -> None:
    document = committed(name)
    assert [found for found in references(document) if not leads_somewhere(document, found)] == []


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from references(each)


def leads_somewhere(document: Any, reference: str) -> bool:
    for name in reference.removeprefix("#/").split("/"):
        document = document.get(name, {})
    return bool(document)


# Events


def operations(action: str) -> Iterator[tuple[str, str]]:
    """Yield services and the events that they send or receive."""
    for operation in OF_EVENTS["operations"].values():
        if operation["action"] == action:
            channel = operation["channel"]["$ref"].removeprefix("#/channels/")
            for kind in OF_EVENTS["channels"][channel]["messages"]:
                yield operation["tags"][0]["name"], kind


@pytest.mark.parametrize("action", ["send", "receive"])
def test_every_event_has_somebody_at_either_end(action: str) -> None:
    assert {kind for _, kind in operations(action)} == set(EVENTS)


def test_it_tells_who_publishes_and_who_handles() -> None:
    assert {("messages", "message.posted.v1"), ("push", "client.connected.v1"), ("push", "client.disconnected.v1")} <= {
        *operations("send")
    }
    assert {("renderer", "message.posted.v1"), ("push", "message.updated.v1"), ("push", "session.revoked.v1")} <= {
        *operations("receive")
    }


def test_an_event_that_nobody_knows_of_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EVENTS, MessageLost.type, MessageLost)
    with pytest.raises(NotDescribedError, match=MessageLost.type):
        events_document.document()


def test_an_event_on_its_way_has_the_headers_that_are_told_of() -> None:
    envelope = Envelope.around(PushHeartbeat(replica="r-1", client_count=1), source="/push")
    schema = OF_EVENTS["components"]["messages"][PushHeartbeat.type]["headers"]
    closed = jsonschema_rs.Draft7Validator({**schema, "additionalProperties": False}, validate_formats=True)
    assert [error.message for error in closed.iter_errors(envelope.properties().headers)] == []


def test_the_page_about_events_names_them_all() -> None:
    page = (DOCS / "events.md").read_text(encoding="utf-8")
    assert [kind for kind in EVENTS if f"`{kind}`" not in page] == []


# Sockets


def test_an_event_of_a_socket_that_is_not_described_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "ASKED", (*sockets.ASKED, "shout"))
    with pytest.raises(NotDescribedError, match="shout"):
        sockets_document.document()


def test_an_event_that_push_does_not_know_is_not_described(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "ASKED", sockets.ASKED[:1])
    with pytest.raises(NotDescribedError, match="authenticate"):
        sockets_document.document()


def test_what_push_tells_is_found_in_its_source(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "updated_model" in sockets_document.told()
    monkeypatch.setattr(sockets_document, "TELLING", {"nobody"})
    with pytest.raises(NotDescribedError, match="updated_model"):
        sockets_document.document()


@pytest.mark.parametrize("name", OF_SOCKETS["components"]["messages"])
def test_examples_are_what_they_are_examples_of(name: str) -> None:
    examples = OF_SOCKETS["components"]["messages"][name]["examples"]
    description = SocketsDescription(OF_SOCKETS)
    assert examples
    assert [complaint for each in examples for complaint in description.complaints(name, each["payload"])] == []
