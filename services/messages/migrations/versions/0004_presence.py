"""Presence: who is online, over which connections, and which replicas of push were heard of."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add it; nobody is online until they are heard of.

    Whoever merely reads is no news: the trigger of the change feed leaves out when somebody was last there.
    """
    op.execute(
        """
        ALTER TABLE users
            ADD COLUMN online boolean NOT NULL DEFAULT false,
            ADD COLUMN last_request_at timestamptz;
        CREATE INDEX ix_users_online_updated_at ON users (updated_at, nickname, id) WHERE online;
        CREATE INDEX ix_users_online_changed_xid ON users (changed_xid, id) WHERE online;

        DROP TRIGGER set_changed_xid ON users;
        CREATE TRIGGER set_changed_xid
            BEFORE INSERT OR UPDATE OF nickname, nickname_key, created_at, updated_at, online, changed_xid ON users
            FOR EACH ROW EXECUTE FUNCTION set_changed_xid();
        ALTER TABLE users ENABLE ALWAYS TRIGGER set_changed_xid;

        CREATE TABLE replicas (
            id text PRIMARY KEY,
            heard_at timestamptz NOT NULL,
            client_count bigint NOT NULL
        );

        CREATE TABLE connections (
            replica_id text NOT NULL REFERENCES replicas ON DELETE CASCADE,
            client_id text NOT NULL,
            user_id bigint NOT NULL,
            closed_at timestamptz,
            PRIMARY KEY (replica_id, client_id, user_id)
        );
        CREATE INDEX ix_connections_user_id ON connections (user_id);
        CREATE INDEX ix_connections_closed_at ON connections (closed_at) WHERE closed_at IS NOT NULL;
        """
    )
