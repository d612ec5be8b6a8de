"""Users and messages as clients know them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from messages.models import Message, User
from messages.resources import message_as_json, message_url, task_url, user_as_json, user_url

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANN = User(
    id=7,
    nickname="Ann",
    nickname_key="ann",
    created_at=NOON,
    updated_at=NOON + timedelta(seconds=1),
    version=4,
    last_seen_at=NOON + timedelta(seconds=2.9),
    last_request_at=None,
    online=True,
)
HELLO = Message(
    id=3,
    user_id=7,
    created_at=NOON,
    updated_at=NOON + timedelta(seconds=5),
    version=2,
    source_version=1,
    source="*hello*",
    html="<p><em>hello</em></p>",
    status="rendered",
    deleted=False,
    previews=[],
)


def test_a_user_is_shown_as_promised() -> None:
    assert user_as_json(ANN) == {
        "id": 7,
        "created_at": 1_772_366_400,
        "updated_at": 1_772_366_401,
        "version": 4,
        "nickname": "Ann",
        "last_seen_at": 1_772_366_402,
        "online": True,
        "_links": {"self": "/api/v1/users/7", "messages": "/api/v1/messages?user_id=7", "tokens": "/api/v1/tokens"},
    }


def test_a_message_is_shown_as_promised() -> None:
    shown = message_as_json(HELLO)
    assert shown == {
        "id": 3,
        "created_at": 1_772_366_400,
        "updated_at": 1_772_366_405,
        "version": 2,
        "source": "*hello*",
        "html": "<p><em>hello</em></p>",
        "status": "rendered",
        "previews": [],
        "deleted": False,
        "user_id": 7,
        "_links": {"self": "/api/v1/messages/3", "user": "/api/v1/users/7"},
    }


def test_everything_has_a_place() -> None:
    assert (user_url(7), message_url(3)) == ("/api/v1/users/7", "/api/v1/messages/3")
    assert task_url(UUID(int=1)) == "/api/v1/tasks/00000000-0000-0000-0000-000000000001"
