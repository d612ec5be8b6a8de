"""Credentials, login sessions and the outbox."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the first tables."""
    op.execute(
        """
        CREATE TABLE credentials (
            user_id bigint PRIMARY KEY,
            nickname_key text NOT NULL UNIQUE,
            password_hash text NOT NULL
        );

        CREATE TABLE login_sessions (
            id uuid PRIMARY KEY,
            user_id bigint NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            revoked_at timestamptz
        );
        CREATE INDEX ix_login_sessions_user_id ON login_sessions (user_id);
        CREATE INDEX ix_login_sessions_expires_at ON login_sessions (expires_at);

        CREATE TABLE outbox (
            position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id text NOT NULL,
            type text NOT NULL,
            source text NOT NULL,
            time timestamptz NOT NULL,
            correlation_id text NOT NULL,
            broadcast boolean NOT NULL,
            data bytea NOT NULL,
            due_at timestamptz NOT NULL
        );
        """
    )
