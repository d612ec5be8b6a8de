"""What push does about events: it tells every client."""

from typing import Final

from flask_socketio import SocketIO

from chassis.consumer import Handle
from chassis.envelope import Envelope
from chassis.topology import InstanceQueue
from contracts import MessageUpdated, UnknownEventError, UserUpdated, decode
from push.versions import LatestVersions

QUEUE: Final = InstanceQueue(prefix="push", types=(MessageUpdated.type, UserUpdated.type))


def create_handle(socketio: SocketIO) -> Handle:
    """Return what sends `updated_model` to all clients of this replica, and no version of a message twice."""
    latest = LatestVersions()

    def handle(envelope: Envelope) -> None:
        event = decode(envelope.type, envelope.data)
        match event:
            case MessageUpdated():
                if latest.is_news(event.message_id, event.version):
                    socketio.emit("updated_model", {"class": "Message", "model": event.model})
            case UserUpdated():
                socketio.emit("updated_model", {"class": "User", "model": event.model})
            case _:
                raise UnknownEventError(f"push has no use for {envelope.type}")

    return handle
