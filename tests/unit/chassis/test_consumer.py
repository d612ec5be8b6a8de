"""What a consumer tells the broker of each delivery; a script of deliveries stands for the broker."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Self

import pika
import pytest

from chassis.consumer import LONGEST_PAUSE_SECONDS, Consumer, Handle
from chassis.envelope import Envelope
from chassis.topology import InstanceQueue, WorkQueue
from contracts import MessageRendered, UnknownEventError

RENDERED = MessageRendered(message_id=1, version=1, html="<p>hi</p>")
WORK = WorkQueue(name="test.work", types=(RENDERED.type,), prefetch=7)
INSTANCE = InstanceQueue(prefix="test", types=(RENDERED.type,))
ENVELOPE = Envelope.around(RENDERED, source="/test")

Script = list[tuple[pika.BasicProperties, bytes]]


class AwayError(Exception):
    """Something that a handler needs is not there for now."""


@dataclass
class ScriptedBroker:
    """A connection and its channel: hands out what it has, notes what it is told, then stops the consumer."""

    script: Script
    stopping: threading.Event
    told: list[tuple[Any, ...]] = field(default_factory=list)
    handed_out: int = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.told.append(("closed",))

    def channel(self) -> Self:
        return self

    @property
    def connection(self) -> Self:
        return self

    def sleep(self, seconds: float) -> None:
        self.told.append(("slept", seconds))

    def exchange_declare(self, *_arguments: Any, **_options: Any) -> None: ...

    def queue_declare(self, queue: str, *, passive: bool = False, **_options: Any) -> Any:
        if not passive:
            self.told.append(("declared", queue))
        return SimpleNamespace(method=SimpleNamespace(message_count=self.get_waiting_message_count()))

    def queue_bind(self, *_arguments: Any) -> None: ...

    def basic_qos(self, *, prefetch_count: int) -> None:
        self.told.append(("prefetch", prefetch_count))

    def consume(self, _queue: str, *, inactivity_timeout: float) -> Iterator[tuple[Any, Any, Any]]:
        assert inactivity_timeout > 0
        for tag, (properties, body) in enumerate(self.script, start=1):
            self.handed_out = tag
            yield pika.spec.Basic.Deliver("c", tag, routing_key="test"), properties, body
        self.stopping.set()
        yield None, None, None

    def cancel(self) -> None:
        self.told.append(("cancelled",))

    def get_waiting_message_count(self) -> int:
        return len(self.script) - self.handed_out

    def basic_ack(self, tag: int, *, multiple: bool = False) -> None:
        self.told.append(("ack", tag, "and all before") if multiple else ("ack", tag))

    def basic_reject(self, tag: int, *, requeue: bool) -> None:
        self.told.append(("reject", tag, requeue))

    @property
    def verdicts(self) -> list[tuple[Any, ...]]:
        """What it was told of the deliveries."""
        return [each for each in self.told if each[0] in {"ack", "reject"}]


Serve = Callable[..., ScriptedBroker]


@pytest.fixture
def stopping() -> threading.Event:
    return threading.Event()


@pytest.fixture
def serve(stopping: threading.Event, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Has a consumer handle the deliveries of a script."""

    def run(handle: Handle, script: Script, queue: WorkQueue | InstanceQueue = WORK, **options: Any) -> ScriptedBroker:
        broker = ScriptedBroker(script, stopping)
        monkeypatch.setattr("chassis.consumer.pika.BlockingConnection", lambda _parameters: broker)
        Consumer("amqp://nobody.invalid", queue, handle, name="test", **options).run(stopping)
        return broker

    return run


def delivery(data: bytes | None = None, **headers: Any) -> tuple[pika.BasicProperties, bytes]:
    properties = ENVELOPE.properties()
    properties.headers = {**(properties.headers or {}), **headers}
    return properties, ENVELOPE.data if data is None else data


def ignore(_envelope: Envelope) -> None:
    """Do nothing."""


def fail(_envelope: Envelope) -> None:
    raise ZeroDivisionError


def test_the_queue_is_declared_before_anything_is_taken(serve: Serve) -> None:
    broker = serve(ignore, [delivery()])
    assert broker.told.index(("declared", WORK.name)) < broker.told.index(("ack", 1))
    assert ("prefetch", 7) in broker.told


def test_whoever_must_catch_up_does_so_between_binding_and_taking(serve: Serve) -> None:
    order: list[str] = []
    serve(lambda _envelope: order.append("taken"), [delivery()], on_connected=lambda: order.append("connected"))
    assert order == ["connected", "taken"]


SHORT = InstanceQueue(prefix="test", types=(RENDERED.type,), prefetch=1, max_length=4)


@pytest.mark.parametrize(("queue", "count", "may_have"), [(SHORT, 2, False), (SHORT, 4, True), (WORK, 4, False)])
def test_a_consumer_hears_whether_its_queue_may_have_dropped_something(
    serve: Serve,
    queue: WorkQueue | InstanceQueue,
    count: int,
    may_have: bool,  # noqa: FBT001 - it is what varies
) -> None:
    heard: list[bool] = []
    serve(ignore, [delivery()] * count, queue=queue, on_checked=heard.append)
    assert heard == [may_have]


def test_a_queue_is_looked_at_again_once_much_was_taken(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.consumer.DEPTH_DELIVERIES", 3)
    order: list[str] = []
    serve(
        lambda _envelope: order.append("taken"),
        [delivery()] * 7,
        queue=INSTANCE,
        on_checked=lambda _may_have_dropped: order.append("checked"),
    )
    assert order == ["checked", *["taken"] * 3, "checked", *["taken"] * 3, "checked", "taken"]


def test_an_event_arrives_as_it_was_sent(serve: Serve) -> None:
    arrived: list[Envelope] = []
    serve(arrived.append, [delivery()])
    assert [(each.id, each.type, each.data) for each in arrived] == [(ENVELOPE.id, ENVELOPE.type, ENVELOPE.data)]


def test_a_delivery_is_acknowledged_after_its_effect(serve: Serve) -> None:
    effects: list[str] = []
    broker = serve(lambda envelope: effects.append(envelope.id), [delivery(), delivery()])
    assert broker.verdicts == [("ack", 1), ("ack", 2)]
    assert effects == [ENVELOPE.id, ENVELOPE.id]


def test_a_failed_delivery_is_rejected_to_be_tried_again(serve: Serve) -> None:
    assert serve(fail, [delivery()]).verdicts == [("reject", 1, True)]


def test_one_failure_does_not_keep_the_next_from_being_handled(serve: Serve) -> None:
    failures = [ZeroDivisionError()]

    def fail_once(_envelope: Envelope) -> None:
        if failures:
            raise failures.pop()

    assert serve(fail_once, [delivery(), delivery()]).verdicts == [("reject", 1, True), ("ack", 2)]


def test_a_queue_of_one_instance_tries_nothing_again(serve: Serve) -> None:
    assert serve(fail, [delivery()], INSTANCE).verdicts == [("reject", 1, False)]


@pytest.mark.parametrize(
    "broken",
    [
        (pika.BasicProperties(), b"{}"),
        (pika.BasicProperties(headers={}), b""),
        delivery(cloudEvents_specversion="0.3"),
        delivery(cloudEvents_id=None),
    ],
    ids=["no headers", "empty headers", "another version", "no id"],
)
def test_what_is_no_event_is_put_aside_at_once(serve: Serve, broken: tuple[pika.BasicProperties, bytes]) -> None:
    assert serve(pytest.fail, [broken]).verdicts == [("reject", 1, False)]


def test_an_event_that_nobody_knows_is_put_aside_at_once(serve: Serve) -> None:
    def know_nothing(envelope: Envelope) -> None:
        raise UnknownEventError(envelope.type)

    assert serve(know_nothing, [delivery()]).verdicts == [("reject", 1, False)]


def test_an_outage_keeps_the_delivery_until_it_is_over(serve: Serve) -> None:
    outage = [AwayError(), AwayError()]

    def need(_envelope: Envelope) -> None:
        if outage:
            raise outage.pop()

    broker = serve(need, [delivery()], transient=(AwayError,))
    assert broker.verdicts == [("ack", 1)]
    assert [each[0] for each in broker.told].count("slept") == 2


@pytest.mark.parametrize("count", [1, 20, 2**63, "20", "many", None, -(2**63), b"x", [], {}])
def test_whatever_a_publisher_wrote_for_a_delivery_count_harms_nobody(serve: Serve, count: Any) -> None:
    assert serve(fail, [delivery(**{"x-delivery-count": count})]).verdicts == [("reject", 1, True)]


@pytest.mark.parametrize(("count", "longer_than"), [(None, 0.0), (3, 0.01), (19, 0.1)])
def test_a_failed_delivery_goes_back_after_a_pause_that_grows(
    serve: Serve, count: int | None, longer_than: float
) -> None:
    broker = serve(fail, [delivery(None, **{"x-delivery-count": count})])
    [(_, seconds)] = [each for each in broker.told if each[0] == "slept"]
    assert longer_than < seconds <= LONGEST_PAUSE_SECONDS


def test_whoever_is_told_to_stop_gives_back_what_it_was_sent(serve: Serve, stopping: threading.Event) -> None:
    broker = serve(lambda _envelope: stopping.set(), [delivery(), delivery()])
    assert broker.verdicts == [("ack", 1)]
    assert broker.told[-2:] == [("cancelled",), ("closed",)]


def test_what_waits_is_handled_together_and_acknowledged_at_once(serve: Serve) -> None:
    batches: list[int] = []
    broker = serve(fail, [delivery()] * 3, handle_all=lambda envelopes: batches.append(len(envelopes)))
    assert batches == [3]
    assert broker.verdicts == [("ack", 3, "and all before")]


def test_one_alone_is_handled_as_ever(serve: Serve) -> None:
    assert serve(ignore, [delivery()], handle_all=pytest.fail).verdicts == [("ack", 1)]


@pytest.mark.parametrize("wrong", [delivery(), (pika.BasicProperties(), b"{}")], ids=["fails", "is no event"])
def test_of_a_batch_only_what_is_wrong_is_refused(serve: Serve, wrong: tuple[pika.BasicProperties, bytes]) -> None:
    handled: list[str] = []

    def fail_once(envelope: Envelope) -> None:
        handled.append(envelope.id)
        if wrong[1] and wrong[1] != b"{}" and len(handled) == 2:
            raise ValueError

    def fail_all(_envelopes: Sequence[Envelope]) -> None:
        raise ValueError

    broker = serve(fail_once, [delivery(), wrong, delivery()], handle_all=fail_all)
    assert [verdict[:2] for verdict in broker.verdicts] == [("ack", 1), ("reject", 2), ("ack", 3)]


def test_an_outage_keeps_a_batch_together(serve: Serve) -> None:
    outage, batches = [AwayError(), AwayError()], []

    def need(envelopes: Sequence[Envelope]) -> None:
        if outage:
            raise outage.pop()
        batches.append(len(envelopes))

    broker = serve(fail, [delivery()] * 2, handle_all=need, transient=(AwayError,))
    assert (batches, broker.verdicts) == ([2], [("ack", 2, "and all before")])
