"""What happens to chat messages.

`version` grows by one with every state that a message passes through.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from contracts.event import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class PostMessageRequested(Event):
    """A user asked over a socket to post a message; the task is how they will follow it.

    Attributes:
        idempotency_key: Two requests of an author with the same key are one post.
    """

    type: ClassVar[str] = "post_message.v1"

    task_id: str
    author_id: int
    source: str
    idempotency_key: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MessagePosted(Event):
    """A user posted a message; its source is stored but not yet rendered."""

    type: ClassVar[str] = "message.posted.v1"

    message_id: int
    version: int
    author_id: int
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageEdited(Event):
    """The author replaced the source of a message; the new one is not yet rendered."""

    type: ClassVar[str] = "message.edited.v1"

    message_id: int
    version: int
    author_id: int
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageDeleted(Event):
    """The author deleted a message; whoever keeps something of its text drops it."""

    type: ClassVar[str] = "message.deleted.v1"

    message_id: int
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SlowRenderingRequested(Event):
    """The source that a message has at `version` takes longer than others should have to wait for."""

    type: ClassVar[str] = "render_slowly.v1"

    message_id: int
    version: int
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageRendered(Event):
    """The source that a message had at `version` became `html`, which is safe to insert into a page.

    Attributes:
        links: The first few pages that the html links to.
        failed: Whether the source could not be rendered, and `html` is but its text.
    """

    type: ClassVar[str] = "message.rendered.v1"

    message_id: int
    version: int
    html: str
    links: tuple[str, ...] = ()
    failed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageLinked(Event):
    """The html of a message, whose source is of `version`, links to pages that a preview can be made of."""

    type: ClassVar[str] = "message.linked.v1"

    message_id: int
    version: int
    links: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What the page at `url`, as a message has it, says of itself: plain text, and null where it says nothing."""

    url: str
    title: str | None = None
    description: str | None = None
    site_name: str | None = None
    image_url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MessagePreviewed(Event):
    """Some of the pages that a message links to, whose source is of `version`, were looked at."""

    type: ClassVar[str] = "message.previewed.v1"

    message_id: int
    version: int
    previews: tuple[Preview, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageUpdated(Event):
    """A message reached a new version; `model` is the message as REST shows it."""

    type: ClassVar[str] = "message.updated.v1"
    broadcast: ClassVar[bool] = True

    message_id: int
    version: int
    model: Mapping[str, object]
