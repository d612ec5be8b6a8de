"""Refresh tokens, signing keys that are kept here, and who tried to log in."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Tell the age of a session from that of its tokens, and make the new tables."""
    op.execute(
        """
        ALTER TABLE login_sessions RENAME COLUMN expires_at TO tokens_expire_at;
        ALTER TABLE login_sessions ADD COLUMN expires_at timestamptz;
        UPDATE login_sessions SET expires_at = tokens_expire_at;
        ALTER TABLE login_sessions ALTER COLUMN expires_at SET NOT NULL;
        DROP INDEX ix_login_sessions_expires_at;
        CREATE INDEX ix_login_sessions_expires_at ON login_sessions (expires_at);
        CREATE INDEX ix_login_sessions_revoked_at ON login_sessions (revoked_at) WHERE revoked_at IS NOT NULL;

        CREATE TABLE refresh_tokens (
            digest bytea PRIMARY KEY,
            session_id uuid NOT NULL REFERENCES login_sessions ON DELETE CASCADE,
            expires_at timestamptz NOT NULL,
            used_at timestamptz,
            successor_salt bytea
        );
        CREATE INDEX ix_refresh_tokens_session_id ON refresh_tokens (session_id);
        CREATE INDEX ix_refresh_tokens_expires_at ON refresh_tokens (expires_at);

        CREATE TABLE signing_keys (
            kid text PRIMARY KEY,
            public_key text NOT NULL,
            sealed_private_key bytea NOT NULL,
            signs_from timestamptz NOT NULL,
            trusted_until timestamptz
        );

        CREATE TABLE login_attempts (
            account bytea NOT NULL,
            address text NOT NULL,
            failures double precision NOT NULL,
            failed_at timestamptz,
            succeeded_at timestamptz,
            PRIMARY KEY (account, address)
        );
        """
    )
