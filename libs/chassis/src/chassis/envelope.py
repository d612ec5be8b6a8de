"""The CloudEvents 1.0 envelope around an event, in RabbitMQ's message properties and headers.

Binary content mode: attributes are headers that begin with `cloudEvents_`, data are the body.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self
from uuid import uuid4

import pika

from chassis.clock import Clock, utc_now
from chassis.logs import correlation_id
from contracts import Event, encode

PREFIX = "cloudEvents_"
SPEC_VERSION = "1.0"
MAX_ID_CHARS = 128


class UndecodableError(Exception):
    """A delivery is not a CloudEvent, or not one that anybody here knows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """An event on its way: what it is (`type`, `data` as JSON) and where it comes from.

    Attributes:
        source: The service that tells it, as a path: `/messages`.
        correlation_id: Joins all events that one request set in motion.
        broadcast: See `contracts.Event`.
    """

    id: str
    type: str
    data: bytes
    source: str
    time: datetime
    correlation_id: str = field(default_factory=correlation_id)
    broadcast: bool = False

    @classmethod
    def around(cls, event: Event, *, source: str, event_id: str | None = None, clock: Clock = utc_now) -> Self:
        """Put *event* into an envelope; without *event_id* it gets a new one."""
        return cls(
            id=event_id or str(uuid4()),
            type=event.type,
            data=encode(event),
            source=source,
            time=clock(),
            broadcast=event.broadcast,
        )

    def properties(self) -> pika.BasicProperties:
        """Return the properties under which RabbitMQ keeps the event across restarts."""
        attributes = {
            "specversion": SPEC_VERSION,
            "id": self.id,
            "type": self.type,
            "source": self.source,
            "time": self.time.isoformat(),
            "correlationid": self.correlation_id,
        }
        return pika.BasicProperties(
            content_type="application/json",
            delivery_mode=pika.DeliveryMode.Persistent,
            message_id=self.id,
            correlation_id=self.correlation_id,
            headers={f"{PREFIX}{name}": value for name, value in attributes.items()},
        )

    @classmethod
    def open(cls, properties: pika.BasicProperties, body: bytes) -> Self:
        """Return the envelope that came with a delivery.

        Raises:
            UndecodableError: A required attribute is missing or not text.
        """
        headers = properties.headers or {}

        def attribute(name: str) -> str:
            value = headers.get(f"{PREFIX}{name}")
            if not isinstance(value, str) or not 0 < len(value) <= MAX_ID_CHARS:
                raise UndecodableError(f"the header {PREFIX}{name} is missing or no short text")
            return value

        if attribute("specversion") != SPEC_VERSION:
            raise UndecodableError("not CloudEvents 1.0")
        try:
            time = datetime.fromisoformat(attribute("time"))
        except ValueError as error:
            raise UndecodableError("the header cloudEvents_time is no RFC 3339 time") from error
        if time.tzinfo is None:
            raise UndecodableError("the header cloudEvents_time has no offset")
        return cls(
            type=attribute("type"),
            data=body,
            source=attribute("source"),
            id=attribute("id"),
            time=time,
            correlation_id=attribute("correlationid"),
        )
