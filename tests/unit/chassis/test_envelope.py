"""An envelope says in CloudEvents' words what an event is, and can be read back from a delivery."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pika
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from chassis.envelope import MAX_ID_CHARS, Envelope, UndecodableError
from contracts import MessageRendered, MessageUpdated, decode

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RENDERED = MessageRendered(message_id=7, version=2, html="<p>hi</p>")
ENVELOPE = Envelope(id="e-1", type=RENDERED.type, data=b"{}", source="/test", time=NOON, correlation_id="c-1")

ids = st.text(min_size=1, max_size=MAX_ID_CHARS)


def headers(**changes: Any) -> dict[str, Any]:
    """Return the headers of a good envelope, but for *changes*; ... leaves one out."""
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": "e-1",
        "type": "message.rendered.v1",
        "source": "/test",
        "time": "2026-03-01T12:00:00+00:00",
        "correlationid": "c-1",
    }
    attributes.update(changes)
    return {f"cloudEvents_{name}": value for name, value in attributes.items() if value is not ...}


def test_the_properties_are_those_of_cloudevents() -> None:
    properties = ENVELOPE.properties()
    assert properties.content_type == "application/json"
    assert properties.headers == headers()


def test_the_broker_keeps_it_across_a_restart() -> None:
    assert ENVELOPE.properties().delivery_mode == 2


def test_the_ids_are_where_operators_look_for_them() -> None:
    properties = ENVELOPE.properties()
    assert (properties.message_id, properties.correlation_id) == ("e-1", "c-1")


@given(envelope_id=ids, event_type=ids, source=ids, correlation_id=ids, data=st.binary())
def test_it_is_read_as_it_was_written(
    envelope_id: str, event_type: str, source: str, correlation_id: str, data: bytes
) -> None:
    envelope = replace(
        ENVELOPE, id=envelope_id, type=event_type, source=source, correlation_id=correlation_id, data=data
    )
    assert Envelope.open(envelope.properties(), data) == envelope


def test_the_event_is_inside() -> None:
    envelope = Envelope.around(RENDERED, source="/renderer", clock=lambda: NOON)
    assert decode(envelope.type, envelope.data) == RENDERED
    assert (envelope.source, envelope.time) == ("/renderer", NOON)


def test_every_event_has_an_id_of_its_own() -> None:
    assert Envelope.around(RENDERED, source="/test").id != Envelope.around(RENDERED, source="/test").id


def test_an_event_that_is_told_again_keeps_its_id() -> None:
    assert Envelope.around(RENDERED, source="/test", event_id="e-7").id == "e-7"


def test_it_knows_whether_only_running_instances_want_it() -> None:
    assert Envelope.around(MessageUpdated(message_id=1, version=1, model={}), source="/test").broadcast
    assert not Envelope.around(RENDERED, source="/test").broadcast


def test_what_one_request_set_in_motion_has_one_correlation_id() -> None:
    with structlog.contextvars.bound_contextvars(correlation_id="c-9"):
        first, second = Envelope.around(RENDERED, source="/test"), Envelope.around(RENDERED, source="/test")
    assert first.correlation_id == second.correlation_id == "c-9"


def test_outside_of_any_request_it_gets_a_new_one() -> None:
    first, second = Envelope.around(RENDERED, source="/test"), Envelope.around(RENDERED, source="/test")
    assert first.correlation_id != second.correlation_id


REQUIRED = ["specversion", "id", "type", "source", "time", "correlationid"]


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("value", [..., None, "", 7, True, b"e-1", ["e-1"], "x" * (MAX_ID_CHARS + 1)], ids=repr)
def test_an_attribute_that_is_missing_or_no_short_text_makes_it_undecodable(name: str, value: Any) -> None:
    properties = pika.BasicProperties(headers=headers(**{name: value}))
    with pytest.raises(UndecodableError, match=f"cloudEvents_{name}"):
        Envelope.open(properties, b"{}")


def test_a_delivery_without_headers_is_undecodable() -> None:
    with pytest.raises(UndecodableError):
        Envelope.open(pika.BasicProperties(), b"{}")


@pytest.mark.parametrize("version", ["0.3", "1", "1.1", "2.0"])
def test_another_version_of_cloudevents_is_undecodable(version: str) -> None:
    with pytest.raises(UndecodableError):
        Envelope.open(pika.BasicProperties(headers=headers(specversion=version)), b"{}")


@pytest.mark.parametrize("time", ["yesterday", "1772366400", "2026-03-01", "2026-03-01T12:00:00", "2026-13-01T12:00Z"])
def test_a_time_that_is_no_instant_is_undecodable(time: str) -> None:
    with pytest.raises(UndecodableError):
        Envelope.open(pika.BasicProperties(headers=headers(time=time)), b"{}")


@pytest.mark.parametrize("time", ["2026-03-01T12:00:00Z", "2026-03-01T14:00:00.000+02:00"])
def test_other_programs_write_times_in_their_own_way(time: str) -> None:
    opened = Envelope.open(pika.BasicProperties(headers=headers(time=time)), b"{}")
    assert opened.time - NOON == timedelta()
