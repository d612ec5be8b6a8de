"""What every event is."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """A fact that other services may want to know.

    Attributes:
        type: Name and version of the event; also its routing key.
        broadcast: Only queues of running instances want it, so that nobody
            listening is no failure: whoever starts later reads the state itself.
    """

    type: ClassVar[str]
    broadcast: ClassVar[bool] = False
