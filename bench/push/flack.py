"""Push as it runs in production, told of messages through RabbitMQ."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from bench.push.cores import pinned
from bench.push.errors import BenchmarkError
from bench.push.message import FIRST_ID, stamped
from bench.push.server import Start
from chassis.confirms import Outcome
from chassis.envelope import Envelope
from chassis.publisher import Publisher
from chassis.topology import EVENTS_EXCHANGE
from contracts import MessageUpdated
from tools.native import Stack
from tools.native.services import ROOT

HOME = ROOT / ".flack" / "bench-push"
CONFIRM_SECONDS = 60.0


class Push:
    """The push of *stack*; *publisher* publishes what it tells its clients."""

    def __init__(self, stack: Stack, publisher: Publisher, *, paragraphs: int) -> None:
        self.port = stack.port("push")
        self._process = stack.process("push")
        self._publisher = publisher
        self._paragraphs = paragraphs

    @property
    def pid(self) -> int:
        """Its first process."""
        assert self._process.pid
        return self._process.pid

    def emit(self, first: int, count: int, *, per_second: float | None = None, in_one_go: bool = False) -> None:  # noqa: ARG002 - it makes none itself
        """Publish; returns when the broker has confirmed all."""
        began_ns = time.monotonic_ns()
        if per_second is None:
            self._publish(range(first, first + count), at_ns=began_ns)
            return
        for number in range(count):
            due_ns = began_ns + round(number * 1e9 / per_second)
            time.sleep(max(0.0, (due_ns - time.monotonic_ns()) / 1e9))
            self._publish([first + number], at_ns=due_ns)

    def _publish(self, numbers: Iterable[int], *, at_ns: int) -> None:
        envelopes = [self._envelope(number, at_ns) for number in numbers]
        outcomes = self._publisher.publish(envelopes, timeout_seconds=CONFIRM_SECONDS)
        if set(outcomes) != {Outcome.CONFIRMED}:
            raise BenchmarkError("The broker did not take all events.")

    def _envelope(self, number: int, at_ns: int) -> Envelope:
        model = stamped(number, at_ns=at_ns, paragraphs=self._paragraphs)
        event = MessageUpdated(message_id=FIRST_ID + number, version=2, model=model)
        return Envelope.around(event, source="/messages")


@contextmanager
def ours(core: int) -> Iterator[Start]:
    """Start the whole system, and have ready what starts its push anew and stops it."""
    with Stack(HOME, environment={"RATE_LIMITS_ENABLED": "false"}, fresh=True) as stack:
        # In the place of messages' relay.
        publisher = Publisher(stack.amqp_url("messages"), name="bench", exchanges=[EVENTS_EXCHANGE])
        publisher.start()
        try:
            stack.process("push").stop()
            yield partial(_running, stack, publisher, core)
        finally:
            publisher.close()


@contextmanager
def _running(stack: Stack, publisher: Publisher, core: int, paragraphs: int) -> Iterator[Push]:
    process = stack.process("push")
    try:
        with pinned(core):
            process.start()
        process.wait_ready()
        yield Push(stack, publisher, paragraphs=paragraphs)
    finally:
        process.stop()
