"""Users, messages, tasks, outbox and inbox."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the first tables."""
    op.execute(
        """
        CREATE TABLE users (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            nickname text NOT NULL,
            nickname_key text NOT NULL UNIQUE,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            last_seen_at timestamptz NOT NULL
        );
        CREATE INDEX ix_users_updated_at ON users (updated_at, nickname, id);

        CREATE TABLE messages (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            user_id bigint NOT NULL REFERENCES users,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            version bigint NOT NULL,
            source_version bigint NOT NULL,
            source text NOT NULL,
            html text NOT NULL,
            status text NOT NULL CHECK (status IN ('posted', 'rendered'))
        );
        CREATE INDEX ix_messages_updated_at ON messages (updated_at, id);
        CREATE INDEX ix_messages_user_id ON messages (user_id, id);

        CREATE TABLE tasks (
            id uuid PRIMARY KEY,
            kind text NOT NULL CHECK (kind IN ('post', 'edit')),
            owner_id bigint NOT NULL REFERENCES users,
            message_id bigint NOT NULL REFERENCES messages,
            source_version bigint NOT NULL,
            created_at timestamptz NOT NULL
        );

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

        CREATE TABLE inbox (
            consumer text NOT NULL,
            event_id text NOT NULL,
            handled_at timestamptz NOT NULL,
            PRIMARY KEY (consumer, event_id)
        );
        CREATE INDEX ix_inbox_handled_at ON inbox (handled_at);
        """
    )
