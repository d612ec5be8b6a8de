"""The tables of users, messages and tasks."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from sqlalchemy import TIMESTAMP, BigInteger, Dialect, FetchedValue, ForeignKey, Identity, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from messages.domain import Status


class Xid8(UserDefinedType[int]):
    """The number of a transaction, which never wraps around.

    It is sent as text, since Postgres converts no other type, and compared and sorted as what it is.
    """

    cache_ok = True

    def get_col_spec(self, **options: Any) -> str:
        """Return its name in Postgres."""
        del options
        return "xid8"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        """Return what makes a parameter of it."""
        del dialect
        return str

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], int | None]:
        """Return what reads it, or the NULL of an outer join."""
        del dialect, coltype
        return lambda text: None if text is None else int(text)


class Model(DeclarativeBase):
    """What all tables have in common."""

    type_annotation_map: ClassVar = {datetime: TIMESTAMP(timezone=True), str: Text, int: BigInteger}


class Changing:
    """What is in the change feed: rows that know the transaction that inserted or updated them last.

    A trigger sees to it, so that nobody can forget to.
    """

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, sort_order=-1)
    changed_xid: Mapped[int] = mapped_column(
        Xid8, server_default=FetchedValue(), server_onupdate=FetchedValue(), sort_order=1
    )


class User(Changing, Model):
    """Somebody who registered."""

    __tablename__ = "users"

    nickname: Mapped[str]
    nickname_key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class Message(Changing, Model):
    """What somebody posted.

    `version` grows with every state; `source_version` is the version that brought
    the present source, which a rendering must belong to.
    """

    __tablename__ = "messages"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int]
    source_version: Mapped[int]
    source: Mapped[str]
    html: Mapped[str]
    status: Mapped[Status] = mapped_column(Text)


class Task(Model):
    """A post or an edit on its way to being rendered."""

    __tablename__ = "tasks"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[Literal["post", "edit"]] = mapped_column(Text)
    owner_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    message_id: Mapped[int] = mapped_column(ForeignKey(Message.id))
    source_version: Mapped[int]
    created_at: Mapped[datetime]
