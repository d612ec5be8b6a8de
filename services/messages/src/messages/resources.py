"""Users and messages as REST and Socket.IO show them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chassis.clock import epoch_seconds
from messages import shapes
from messages.domain import with_previews
from messages.models import Message, User

API = "/api/v1"


def user_url(user_id: int) -> str:
    """Return where a user is found."""
    return f"{API}/users/{user_id}"


def message_url(message_id: int) -> str:
    """Return where a message is found."""
    return f"{API}/messages/{message_id}"


def task_url(task_id: UUID) -> str:
    """Return where a task is followed."""
    return f"{API}/tasks/{task_id}"


def user_as_json(user: User) -> shapes.User:
    """Return *user*; times in epoch seconds."""
    return {
        "id": user.id,
        "created_at": epoch_seconds(user.created_at),
        "updated_at": epoch_seconds(user.updated_at),
        "version": user.version,
        "nickname": user.nickname,
        "last_seen_at": epoch_seconds(user.last_seen_at),
        "online": user.online,
        "_links": {
            "self": user_url(user.id),
            "messages": f"{API}/messages?user_id={user.id}",
            "tokens": f"{API}/tokens",
        },
    }


def message_as_json(message: Message | Row[Any]) -> shapes.Message:
    """Return *message*; times in epoch seconds, `html` always safe to insert into a page."""
    previews: Any = [] if message.status == "posted" else message.previews
    return {
        "id": message.id,
        "created_at": epoch_seconds(message.created_at),
        "updated_at": epoch_seconds(message.updated_at),
        "version": message.version,
        "source": message.source,
        "html": with_previews(message.html, previews) if previews else message.html,
        "status": message.status,
        "previews": previews,
        "deleted": message.deleted,
        "user_id": message.user_id,
        "_links": {"self": message_url(message.id), "user": user_url(message.user_id)},
    }
