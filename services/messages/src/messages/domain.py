"""The rules of users and messages, without any I/O."""

import hashlib
import html
import math
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final, Literal, TypeAlias

MAX_NICKNAME_CHARS: Final = 32
MAX_SOURCE_CHARS: Final = 8_000
ONLINE_FOR: Final = timedelta(seconds=60)
# How long nothing may be heard of a replica of push; it tells every ten seconds that it lives.
SILENCE: Final = timedelta(seconds=30)

MAX_KEY_CHARS: Final = 255
# For so long a task can be followed, and an idempotency key means the same post.
TASKS_KEPT: Final = timedelta(hours=24)

# Of a message that is unrenderable its escaped source is shown for good.
Status: TypeAlias = Literal["posted", "rendered", "unrenderable"]
TaskKind: TypeAlias = Literal["post", "edit", "refused", "limited"]


class NicknameTakenError(Exception):
    """Another user has this nickname, perhaps in another case."""


class UnknownUserError(Exception):
    """A token speaks for somebody who is not registered."""


class NotSelfError(Exception):
    """Only they themselves may change a user."""


class UserNotFoundError(Exception):
    """There is no such user."""


class MessageNotFoundError(Exception):
    """There is no such message."""


class MessageDeletedError(Exception):
    """There was such a message."""


class CursorExpiredError(Exception):
    """A cursor is of a time before a backup was restored."""


class RequestInFlightError(Exception):
    """The same idempotency key is in use right now."""

    retry_after_seconds = 1


class IdempotencyKeyReusedError(Exception):
    """An idempotency key was used for something else before."""


class TooManyWritesError(Exception):
    """A user writes more than anybody should."""

    def __init__(self, *, retry_after: timedelta) -> None:
        """Say when there will be room for one more."""
        self.retry_after_seconds = max(1, math.ceil(retry_after.total_seconds()))
        super().__init__(f"Please slow down, and try again in {self.retry_after_seconds} s.")


class TaskNotFoundError(Exception):
    """There is no such task."""


class NotAuthorError(Exception):
    """Only its author may change a message."""


class NotOwnerError(Exception):
    """Only whoever began a task may follow it."""


def check_nickname(nickname: str) -> str:
    """Return *nickname* if it may be one.

    Raises:
        ValueError: It has a colon, which Basic credentials (RFC 7617) cannot carry, white space
            around it, or characters that cannot be seen.
    """
    if ":" in nickname:
        raise ValueError("must not contain a colon")
    if nickname != nickname.strip():
        raise ValueError("must not begin or end with white space")
    # C: control, format, surrogate, private, unassigned; Zl and Zp: line and paragraph separators.
    if any(unicodedata.category(character)[0] == "C" or character in "\u2028\u2029" for character in nickname):
        raise ValueError("must not contain control characters")
    return nickname


def unrendered_html(source: str) -> str:
    """Return what stands for the HTML of *source* until it is rendered: safe to insert into a page."""
    return html.escape(source)


def with_previews(rendered: str, previews: Sequence[Mapping[str, str | None]]) -> str:
    """Return the html of a message followed by what its links lead to; what strangers say there is text."""
    return rendered + "".join(map(_card, previews))


def _card(preview: Mapping[str, str | None]) -> str:
    # The shape that clients of the first Flack know.
    url = html.escape(preview["url"] or "")
    title = html.escape(preview["title"] or "") or url
    description = html.escape(preview["description"] or "No description found.")
    link = f'<a href="{url}" rel="noopener noreferrer nofollow ugc">{title}</a>'
    return f"\n<blockquote><p>{link}</p><p>{description}</p></blockquote>"


def digest_of(source: str) -> bytes:
    """Return what tells whether two sources are the same."""
    return hashlib.sha256(source.encode()).digest()
