"""Every event and command of Flack: the one thing that all services share in meaning.

To find one, look in the module named for what it is about; `EVENTS` lists them all.
"""

from contracts.clients import ClientConnected, ClientDisconnected, PushHeartbeat
from contracts.codec import EVENTS, InvalidEventError, UnknownEventError, decode, encode
from contracts.event import Event
from contracts.feed import FeedAdvanced
from contracts.messages import (
    MessageDeleted,
    MessageEdited,
    MessageLinked,
    MessagePosted,
    MessagePreviewed,
    MessageRendered,
    MessageUpdated,
    PostMessageRequested,
    Preview,
    SlowRenderingRequested,
)
from contracts.sessions import SessionRevoked
from contracts.tasks import begun_at, is_task_of, new_task_id
from contracts.users import UserUpdated, nickname_key

__all__ = [
    "EVENTS",
    "ClientConnected",
    "ClientDisconnected",
    "Event",
    "FeedAdvanced",
    "InvalidEventError",
    "MessageDeleted",
    "MessageEdited",
    "MessageLinked",
    "MessagePosted",
    "MessagePreviewed",
    "MessageRendered",
    "MessageUpdated",
    "PostMessageRequested",
    "Preview",
    "PushHeartbeat",
    "SessionRevoked",
    "SlowRenderingRequested",
    "UnknownEventError",
    "UserUpdated",
    "begun_at",
    "decode",
    "encode",
    "is_task_of",
    "new_task_id",
    "nickname_key",
]
