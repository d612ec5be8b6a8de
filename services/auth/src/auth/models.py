"""Auth's tables."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import TIMESTAMP, BigInteger, Double, ForeignKey, LargeBinary, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Model(DeclarativeBase):
    """What all of auth's tables have in common."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way
        datetime: TIMESTAMP(timezone=True),
        str: Text,
        int: BigInteger,
        bytes: LargeBinary,
        float: Double,
    }


class Credential(Model):
    """How a user proves who they are; users themselves belong to the messages service."""

    __tablename__ = "credentials"

    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    nickname_key: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str]


class LoginSession(Model):
    """What began with a login and ends with a logout or by its age; its tokens carry its id as `sid`.

    Attributes:
        tokens_expire_at: When the last of its access tokens runs out.
        expires_at: When the last of its refresh tokens does.
    """

    __tablename__ = "login_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    created_at: Mapped[datetime]
    tokens_expire_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RefreshToken(Model):
    """What a session is prolonged with, once.

    Attributes:
        digest: SHA-256 of the token, which nobody but its owner has.
        successor_salt: What makes its successor out of the token itself, once it was used.
    """

    __tablename__ = "refresh_tokens"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey(LoginSession.id, ondelete="CASCADE"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    successor_salt: Mapped[bytes | None]


class SigningKey(Model):
    """A key that access tokens are signed with.

    Attributes:
        public_key: As JWK (RFC 8037).
        sealed_private_key: Its 32 bytes, encrypted (Fernet) with the key encryption key.
        signs_from: When it begins to sign; until then it is only published.
        trusted_until: When it is published no more; None for as long as it has no successor.
    """

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[str]
    sealed_private_key: Mapped[bytes]
    signs_from: Mapped[datetime]
    trusted_until: Mapped[datetime | None]


class LoginAttempts(Model):
    """Wrong passwords.

    Attributes:
        account: Digest of the nickname that was given, of a user or not; empty for all of them.
        address: Whose they were; empty for everybody's.
        succeeded_at: When the right password came last.
    """

    __tablename__ = "login_attempts"

    account: Mapped[bytes] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[float]
    failed_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
