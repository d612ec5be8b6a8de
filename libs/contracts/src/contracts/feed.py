"""What is told of the change feed itself."""

from dataclasses import dataclass
from typing import ClassVar

from contracts.event import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedAdvanced(Event):
    """Every change before `cursor` has been published: whoever has taken all events so far needs to read from there on.

    Attributes:
        cursor: As the lists give it.
        epoch: What cursors are good for; when it is another one, all that was known before may have been undone.
    """

    type: ClassVar[str] = "feed.advanced.v1"
    broadcast: ClassVar[bool] = True

    cursor: str
    epoch: str
