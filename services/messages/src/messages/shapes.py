"""What clients get to see, as types."""

from typing import Annotated, TypeAlias

from pydantic import Field
from typing_extensions import TypedDict

from messages.domain import Status

Instant: TypeAlias = Annotated[int, Field(description="In epoch seconds, UTC.", examples=[1_767_268_800])]
CursorText: TypeAlias = Annotated[
    str, Field(description="Where to go on, with `cursor=`; good for either list.", examples=["2.eyJlcG9jaCI6IjEifQ"])
]


class UserLinks(TypedDict):
    self: Annotated[str, Field(examples=["/api/v1/users/1"])]
    messages: Annotated[str, Field(examples=["/api/v1/messages?user_id=1"])]
    tokens: Annotated[str, Field(examples=["/api/v1/tokens"])]


class MessageLinks(TypedDict):
    self: Annotated[str, Field(examples=["/api/v1/messages/1"])]
    user: Annotated[str, Field(examples=["/api/v1/users/1"])]


class TaskLinks(TypedDict):
    self: Annotated[str, Field(examples=["/api/v1/tasks/6f9619ff-8b86-4d01-b42d-00cf4fc964ff"])]


class User(TypedDict):
    """Somebody who has registered."""

    id: Annotated[int, Field(examples=[1])]
    created_at: Instant
    updated_at: Instant
    version: Annotated[int, Field(description="Grows with every change; drop what you have seen.", examples=[3])]
    nickname: Annotated[str, Field(examples=["susan"])]
    last_seen_at: Instant
    online: Annotated[bool, Field(description="Whether they are there.", examples=[True])]
    _links: UserLinks


class Preview(TypedDict):
    """What a link in a message leads to, as plain text; null where the page does not say."""

    url: Annotated[str, Field(description="As in the message.", examples=["https://www.example.org/"])]
    title: Annotated[str | None, Field(examples=["Example Domain"])]
    description: Annotated[str | None, Field(examples=["For use in illustrative examples."])]
    site_name: Annotated[str | None, Field(examples=["example.org"])]
    image_url: Annotated[
        str | None, Field(description="Nobody has looked at it.", examples=["https://www.example.org/picture.png"])
    ]


class Message(TypedDict):
    """What somebody posted."""

    id: Annotated[int, Field(examples=[1])]
    created_at: Instant
    updated_at: Instant
    version: Annotated[int, Field(description="Grows with every state; drop what you have seen.", examples=[2])]
    source: Annotated[str, Field(description="Markdown.", examples=["**hello**"])]
    html: Annotated[
        str,
        Field(
            description="Always safe to insert. The escaped source until it is rendered; then what its links lead to"
            " follows as a `blockquote` each.",
            examples=["<p><strong>hello</strong></p>"],
        ),
    ]
    status: Annotated[
        Status,
        Field(description="Of what is `unrenderable` the escaped source remains.", examples=["rendered"]),
    ]
    previews: list[Preview]
    deleted: Annotated[bool, Field(description="Whether nothing of it is left.", examples=[False])]
    user_id: Annotated[int, Field(description="Its author.", examples=[1])]
    _links: MessageLinks


class Users(TypedDict):
    """A page of users."""

    users: list[User]
    cursor: CursorText


class Messages(TypedDict):
    """A page of messages."""

    messages: list[Message]
    cursor: CursorText


class Promise(TypedDict):
    """What will be a message, but for which nothing is written yet."""

    _links: TaskLinks


class Rendering(TypedDict):
    """What a source would become."""

    html: Annotated[
        str,
        Field(
            description="As that of a message once it is rendered, without what its links lead to.",
            examples=["<p><strong>hello</strong></p>"],
        ),
    ]


class Stats(TypedDict):
    """How busy the whole system has been in the last fifteen seconds, and who is there right now."""

    requests_per_second: Annotated[float, Field(description="Answered by the gateway.", examples=[12.4])]
    messages_per_second: Annotated[float, Field(description="Posted.", examples=[1.2])]
    connected_clients: Annotated[int, Field(description="Sockets, anonymous ones included.", examples=[3])]
    online_users: Annotated[int, Field(description="Those shown as online.", examples=[2])]
