"""Auth's tables."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, BigInteger, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Model(DeclarativeBase):
    """What all of auth's tables have in common."""

    type_annotation_map = {datetime: TIMESTAMP(timezone=True), str: Text, int: BigInteger}  # noqa: RUF012 - SQLAlchemy's own way


class Credential(Model):
    """How a user proves who they are; users themselves belong to the messages service."""

    __tablename__ = "credentials"

    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    nickname_key: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str]


class LoginSession(Model):
    """What began with a login and ends with a logout or by its age; its tokens carry its id as `sid`."""

    __tablename__ = "login_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
