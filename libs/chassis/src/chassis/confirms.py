"""What a publisher waits for: the broker's word on every event it was given."""

import threading
from collections.abc import Iterable, Sequence
from enum import Enum

from chassis.envelope import Envelope


class Outcome(Enum):
    """What the broker said of one event."""

    CONFIRMED = "confirmed"
    UNROUTABLE = "unroutable"
    REFUSED = "refused"


class Batch:
    """Events that are published together; `done` is set once all are settled or the connection is lost."""

    def __init__(self, envelopes: Sequence[Envelope]) -> None:
        self.envelopes = envelopes
        self.done = threading.Event()
        self.is_lost = False
        self._outcomes: dict[str, Outcome] = {}
        self.finish_if_settled()  # as an empty one is from the beginning

    def settle(self, envelope_id: str, outcome: Outcome) -> None:
        """Note *outcome*; the first word stands, for the broker returns what it cannot route and then confirms it."""
        self._outcomes.setdefault(envelope_id, outcome)

    def finish_if_settled(self) -> None:
        """Wake whoever waits, if every event is settled."""
        if len(self._outcomes) == len(self.envelopes):
            self.done.set()

    def lose(self) -> None:
        """Wake whoever waits: nothing more will be heard."""
        self.is_lost = True
        self.done.set()

    @property
    def outcomes(self) -> list[Outcome]:
        """What the broker said of each event, in their order."""
        return [self._outcomes[envelope.id] for envelope in self.envelopes]


class InFlight:
    """Published and not yet settled, by the delivery tag that the channel counts."""

    def __init__(self) -> None:
        self._last_tag = 0
        self._waiting: dict[int, tuple[Batch, str]] = {}

    def add(self, batch: Batch, envelope_id: str) -> None:
        """Note that the next event of this channel is *envelope_id*."""
        self._last_tag += 1
        self._waiting[self._last_tag] = (batch, envelope_id)

    def return_unroutable(self, envelope_id: str) -> None:
        """Note that the broker found no queue for *envelope_id*."""
        for batch, waiting_id in self._waiting.values():
            if waiting_id == envelope_id:
                batch.settle(envelope_id, Outcome.UNROUTABLE)

    def settle(self, tag: int, outcome: Outcome, *, multiple: bool) -> None:
        """Settle *tag*, or all up to it (`multiple`)."""
        settled = [each for each in self._waiting if each <= tag] if multiple else [tag]
        for each in settled:
            batch, envelope_id = self._waiting.pop(each)
            batch.settle(envelope_id, outcome)
            batch.finish_if_settled()

    def lose(self, batches: Iterable[Batch]) -> None:
        """The channel is gone: forget its tags and wake whoever waits."""
        self._last_tag = 0
        self._waiting.clear()
        for batch in batches:
            batch.lose()
