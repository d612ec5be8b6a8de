"""Takes deliveries from one queue and hands them to a handler, several at once."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

from pika.adapters.blocking_connection import BlockingChannel

from chassis.amqp import BROKER_ERRORS
from chassis.consumer import Consumer, Handle
from chassis.delivery import Delivery
from chassis.topology import WorkQueue

# How long what is in hand may take once the consumer is told to stop; then it is delivered again, to whoever is there.
STOP_SECONDS = 10.0
SETTLE_SECONDS = 0.1


class ParallelConsumer(Consumer):
    """Handles as many deliveries at once as *queue* hands out, each in a thread: one that takes long delays no other.

    What is in hand when the connection is lost is delivered again.
    """

    def __init__(self, url: str, queue: WorkQueue, handle: Handle, *, name: str, **options: Any) -> None:
        super().__init__(url, queue, handle, name=name, **options)
        self._threads = ThreadPoolExecutor(queue.prefetch, thread_name_prefix=name)
        self._in_hand: set[int] = set()  # by their tags

    def _consume(self, channel: BlockingChannel) -> None:
        self._in_hand.clear()  # of an earlier connection
        super()._consume(channel)
        give_up_at = time.monotonic() + STOP_SECONDS
        while self._in_hand and time.monotonic() < give_up_at:
            channel.connection.process_data_events(SETTLE_SECONDS)

    def _deliver(self, channel: BlockingChannel, deliveries: Sequence[Delivery]) -> None:
        self._in_hand.update(delivery.method.delivery_tag for delivery in deliveries)
        for delivery in deliveries:
            self._threads.submit(self._handle_elsewhere, channel, delivery)

    def _handle_elsewhere(self, channel: BlockingChannel, delivery: Delivery) -> None:
        outcome = self._handle_one(delivery, sleep=self._pause)
        with suppress(*BROKER_ERRORS):  # the connection is gone, and who gets the next one starts anew
            channel.connection.add_callback_threadsafe(partial(self._settle, channel, delivery, outcome))

    def _pause(self, seconds: float) -> None:
        self._stopping.wait(seconds)

    def _settle(self, channel: BlockingChannel, delivery: Delivery, outcome: str) -> None:
        super()._settle(channel, delivery, outcome)
        self._in_hand.discard(delivery.method.delivery_tag)
