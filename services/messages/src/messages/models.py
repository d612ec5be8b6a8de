"""The tables of users, messages and tasks."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import TIMESTAMP, BigInteger, FetchedValue, ForeignKey, Identity, Index, Text, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.xids import Xid8
from messages.domain import Status, TaskKind


class Model(DeclarativeBase):
    """What all tables have in common."""

    type_annotation_map: ClassVar = {datetime: TIMESTAMP(timezone=True), str: Text, int: BigInteger}


class Changing:
    """What is in the change feed: rows that know the transaction that inserted or updated them last.

    A trigger sees to it, so that nobody can forget to. Of users it leaves out when they were last there.
    """

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, sort_order=-1)
    changed_xid: Mapped[int] = mapped_column(
        Xid8, server_default=FetchedValue(), server_onupdate=FetchedValue(), sort_order=1
    )


class Registration(Model):
    """A user who may not have been told yet that they are one."""

    __tablename__ = "registrations"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    begun_at: Mapped[datetime]


class User(Changing, Model):
    """Somebody who registered.

    `version` grows with every change that the feed tells of; the trigger sees to that, too.
    """

    __tablename__ = "users"

    nickname: Mapped[str]
    nickname_key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue())
    last_seen_at: Mapped[datetime]
    online: Mapped[bool] = mapped_column(server_default=false())
    last_request_at: Mapped[datetime | None]


class Replica(Model):
    """A process of push, and when it was last heard of."""

    __tablename__ = "replicas"

    id: Mapped[str] = mapped_column(primary_key=True)
    heard_at: Mapped[datetime]
    client_count: Mapped[int]


class GatewaySample(Model):
    """How many requests a gateway had had at an instant, since it started."""

    __tablename__ = "gateway_samples"

    gateway: Mapped[str] = mapped_column(primary_key=True)
    sampled_at: Mapped[datetime] = mapped_column(primary_key=True)
    requests: Mapped[int]


class Connection(Model):
    """A socket on which a user has shown that they are there; open until it is closed, and never again."""

    __tablename__ = "connections"

    replica_id: Mapped[str] = mapped_column(ForeignKey(Replica.id, ondelete="CASCADE"), primary_key=True)
    client_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    closed_at: Mapped[datetime | None]


class Message(Changing, Model):
    """What somebody posted.

    `version` grows with every state; `source_version` is the version that brought
    the present source, which a rendering must belong to, and previews too.

    Attributes:
        html: Without its previews.
        previews: Each as `contracts.Preview` has it; shown once the message is rendered.
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
    deleted: Mapped[bool]
    previews: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")


class Task(Model):
    """A post or an edit on its way to being rendered, or a post over a socket that was refused.

    Attributes:
        done: Whether the answer is known. That of an edit says nothing, nor does that of a message which was deleted.
        answer: The JSON of a posted message, as it was when it was rendered.
        source_digest: Tells whether somebody who uses the same key again wants the same.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        Index(
            "ix_tasks_idempotency_key",
            "owner_id",
            "idempotency_key",
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[TaskKind] = mapped_column(Text)
    owner_id: Mapped[int]
    message_id: Mapped[int | None]
    source_version: Mapped[int | None]
    created_at: Mapped[datetime]
    done: Mapped[bool]
    answer: Mapped[str | None]
    idempotency_key: Mapped[str | None]
    source_digest: Mapped[bytes | None]


class Feed(Model):
    """The one row about the change feed.

    Attributes:
        epoch: What cursors are good for. It is a new one as soon as the transaction numbers of old ones mean nothing.
        history: What they are numbers of: changes when a backup is restored.
    """

    __tablename__ = "feed"

    only_row: Mapped[bool] = mapped_column(primary_key=True)
    epoch: Mapped[str]
    history: Mapped[str]


class WriteLimit(Model):
    """From when on a user who writes has used up nothing."""

    __tablename__ = "write_limits"

    user_id: Mapped[int] = mapped_column(primary_key=True)
    free_at: Mapped[datetime]
