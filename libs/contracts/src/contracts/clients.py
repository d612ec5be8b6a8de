"""What happens to Socket.IO clients."""

from dataclasses import dataclass
from typing import ClassVar

from contracts.event import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientConnected(Event):
    """A user showed on a socket that they are there, by connecting or by a ping."""

    type: ClassVar[str] = "client.connected.v1"

    user_id: int
    client_id: str
