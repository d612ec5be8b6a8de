"""Cursors: how far somebody has read both lists, in a form that only this service understands.

The numbers of transactions in a cursor are those of one database. When a backup is restored into another, or an earlier
state is brought back, they mean nothing any more; then the feed has a new epoch.
"""

import base64
from datetime import datetime
from typing import Annotated, ClassVar, Generic, Self, TypeAlias, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from chassis.bodies import Text
from chassis.web import MAX_ID
from messages.domain import MAX_NICKNAME_CHARS

# Says how to understand the rest. What a cursor holds will change; those that clients kept must not be misread.
VERSION = "2."


def in_utc(instant: datetime) -> datetime:
    """Refuse other time zones: lists give none, and not all that Python knows make sense to Postgres."""
    if instant.utcoffset():
        raise ValueError("must be in UTC")
    return instant


Xid: TypeAlias = Annotated[int, Field(ge=0, le=MAX_ID)]
RowId: TypeAlias = Annotated[int, Field(ge=0, le=MAX_ID)]
Instant: TypeAlias = Annotated[AwareDatetime, AfterValidator(in_utc)]
Epoch: TypeAlias = Annotated[Text, Field(max_length=36)]
Nickname: TypeAlias = Annotated[Text, Field(max_length=MAX_NICKNAME_CHARS)]

KeyT = TypeVar("KeyT")


class _Frozen(BaseModel):
    model_config: ClassVar = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)


class Changed(_Frozen):
    """A place in the change feed.

    Attributes:
        key: Xid and id of the row that was read last; an id of 0 comes before all rows of its transaction.
        again: The transaction from which on to read once more, since some that were under way when the reader passed
            may have ended behind the reader. None if there were none.
    """

    key: tuple[Xid, RowId]
    again: Xid | None = None

    @classmethod
    def since(cls, xid: int) -> Self:
        """Return the place before all that transaction *xid* and later ones changed."""
        return cls(key=(xid, 0))


class Updated(_Frozen, Generic[KeyT]):
    """A place in a list by time.

    Attributes:
        key: What the row that was read last is sorted by.
        again: The transaction from which on to read the change feed after the last row.
    """

    key: KeyT
    again: Xid


MessageTime: TypeAlias = Updated[tuple[Instant, RowId]]
UserTime: TypeAlias = Updated[tuple[Instant, Nickname, RowId]]


class Cursor(_Frozen):
    """A place in either list, so that one cursor can be taken from list to list.

    Attributes:
        epoch: That of the feed when the reader began.
    """

    epoch: Epoch
    messages: Changed | MessageTime
    users: Changed | UserTime

    @classmethod
    def since(cls, xid: int, epoch: str) -> Self:
        """Return the cursor that goes on with what transaction *xid* and later ones changed."""
        return cls(epoch=epoch, messages=Changed.since(xid), users=Changed.since(xid))

    def moved(self, **places: Changed | MessageTime | UserTime) -> Self:
        """Return the cursor after one of the lists was read to another place."""
        return self.model_copy(update=places)


def encode_cursor(cursor: Cursor) -> str:
    """Return *cursor* in characters that need no escaping in a URL."""
    packed = cursor.model_dump_json(exclude_none=True).encode()
    return VERSION + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode_cursor(text: str) -> Cursor:
    """Return the cursor that was encoded as *text*.

    Raises:
        ValueError: None was.
    """
    if not text.startswith(VERSION):
        raise ValueError("is not a cursor that a list gave")
    packed = text.removeprefix(VERSION)
    try:
        raw = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        return Cursor.model_validate_json(raw)
    except ValueError:
        raise ValueError("is not a cursor that a list gave") from None
