"""What happens to Socket.IO clients, and to the replicas of push that they are connected to.

A connection is told by the replica, the client's id, which is never used again, and the user who proved on it who they
are. Once it is closed it stays so, in whichever order its events arrive.
"""

from dataclasses import dataclass
from typing import ClassVar

from contracts.event import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientConnected(Event):
    """A user showed on a socket that they are there: by connecting, by authenticating later, or by a ping."""

    type: ClassVar[str] = "client.connected.v1"

    client_id: str
    user_id: int
    replica: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientDisconnected(Event):
    """The socket is closed on which a user had shown that they are there."""

    type: ClassVar[str] = "client.disconnected.v1"

    client_id: str
    user_id: int
    replica: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PushHeartbeat(Event):
    """A replica of push lives, and so do the connections that it told of.

    Attributes:
        client_count: How many connections it has, anonymous ones included.
    """

    type: ClassVar[str] = "push.heartbeat.v1"

    replica: str
    client_count: int
