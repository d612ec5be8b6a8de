"""Stand-ins for what is at the edge of a process, for tests that need no broker."""

from collections.abc import Sequence

from chassis.amqp import BrokerUnavailableError
from chassis.confirms import Outcome
from chassis.envelope import Envelope
from chassis.publisher import PUBLISH_SECONDS, Publisher


class RecordingPublisher(Publisher):
    """Keeps what it is told to publish.

    Attributes:
        published: Every envelope it was given, whatever became of it.
        outcome: What the broker says of each; None if there is no broker.
    """

    def __init__(self, outcome: Outcome | None = Outcome.CONFIRMED) -> None:
        super().__init__("amqp://nobody.invalid", name="recording", exchanges=())
        self.outcome = outcome
        self.published: list[Envelope] = []

    def publish(self, envelopes: Sequence[Envelope], *, timeout_seconds: float = PUBLISH_SECONDS) -> list[Outcome]:
        """Keep *envelopes*."""
        del timeout_seconds
        if self.outcome is None:
            raise BrokerUnavailableError("RabbitMQ is not connected")
        self.published.extend(envelopes)
        return [self.outcome] * len(envelopes)
