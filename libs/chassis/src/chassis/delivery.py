"""What the broker hands over, and how often it has done so before."""

from dataclasses import dataclass
from typing import Any

from chassis.topology import DELIVERY_LIMIT


@dataclass(frozen=True, slots=True)
class Delivery:
    """What pika hands over."""

    method: Any
    properties: Any
    body: bytes

    @property
    def ids(self) -> dict[str, Any]:
        """What names it in the log."""
        properties = self.properties
        return {
            "event_id": properties.message_id,
            "type": self.method.routing_key,
            "correlation_id": properties.correlation_id,
        }

    @property
    def attempt(self) -> int:
        """How often it was delivered before, as far as the broker tells."""
        counted = (self.properties.headers or {}).get("x-delivery-count")
        # On the first delivery a publisher may have put anything there.
        return min(counted, DELIVERY_LIMIT) if isinstance(counted, int) else 0
