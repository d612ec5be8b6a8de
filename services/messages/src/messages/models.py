"""The tables of users, messages and tasks."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from sqlalchemy import TIMESTAMP, BigInteger, ForeignKey, Identity, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from messages.domain import Status


class Model(DeclarativeBase):
    """What all tables have in common."""

    type_annotation_map: ClassVar = {datetime: TIMESTAMP(timezone=True), str: Text, int: BigInteger}


class User(Model):
    """Somebody who registered."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    nickname: Mapped[str]
    nickname_key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class Message(Model):
    """What somebody posted.

    `version` grows with every state; `source_version` is the version that brought
    the present source, which a rendering must belong to.
    """

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
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
