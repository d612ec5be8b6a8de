"""Servers that are told of messages through RabbitMQ."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.push.errors import BenchmarkError
from bench.push.message import FIRST_ID, stamped
from bench.push.server import Start
from chassis.confirms import Outcome
from chassis.envelope import Envelope
from chassis.publisher import Publisher
from contracts import MessageUpdated

CONFIRM_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Broker:
    """Where those servers listen, and what publishes in the place of messages' relay.

    Attributes:
        url: With the user of push, and so with what push may do.
    """

    url: str
    publisher: Publisher


@dataclass(frozen=True, kw_only=True)
class Fed:
    """A server whose queue has what *publisher* publishes."""

    port: int
    pid: int
    publisher: Publisher
    paragraphs: int

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
        outcomes = self.publisher.publish(envelopes, timeout_seconds=CONFIRM_SECONDS)
        if set(outcomes) != {Outcome.CONFIRMED}:
            raise BenchmarkError("The broker did not take all events.")

    def _envelope(self, number: int, at_ns: int) -> Envelope:
        model = stamped(number, at_ns=at_ns, paragraphs=self.paragraphs)
        event = MessageUpdated(message_id=FIRST_ID + number, version=2, model=model)
        return Envelope.around(event, source="/messages")


@contextmanager
def fed(start: Start, publisher: Publisher, paragraphs: int) -> Iterator[Fed]:
    """Run what *start* starts, told by *publisher*."""
    with start(paragraphs) as server:
        yield Fed(port=server.port, pid=server.pid, publisher=publisher, paragraphs=paragraphs)
