"""Push as it runs in production, told of messages through RabbitMQ."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.push.cores import pinned
from bench.push.fed import Fed
from bench.push.server import Start
from chassis.publisher import Publisher
from chassis.topology import EVENTS_EXCHANGE
from tools.native import Stack
from tools.native.services import ROOT

HOME = ROOT / ".flack" / "bench-push"


@contextmanager
def system() -> Iterator[tuple[Stack, Publisher]]:
    """Start the whole system but its push, and what publishes in the place of messages' relay."""
    with Stack(HOME, environment={"RATE_LIMITS_ENABLED": "false"}, fresh=True) as stack:
        publisher = Publisher(stack.amqp_url("messages"), name="bench", exchanges=[EVENTS_EXCHANGE])
        publisher.start()
        try:
            stack.process("push").stop()
            yield stack, publisher
        finally:
            publisher.close()


def ours(stack: Stack, publisher: Publisher, core: int) -> Start:
    """Return what starts the push of *stack* anew and stops it."""
    return partial(_running, stack, publisher, core)


@contextmanager
def _running(stack: Stack, publisher: Publisher, core: int, paragraphs: int) -> Iterator[Fed]:
    process = stack.process("push")
    try:
        with pinned(core):
            process.start()
        process.wait_ready()
        assert process.pid
        yield Fed(port=stack.port("push"), pid=process.pid, publisher=publisher, paragraphs=paragraphs)
    finally:
        process.stop()
