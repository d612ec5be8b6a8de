"""Events in the outbox know their transaction."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add it; what is there already counts as older than everything. No row is written."""
    op.execute(
        """
        ALTER TABLE outbox ADD COLUMN xid xid8 NOT NULL DEFAULT '0';
        ALTER TABLE outbox ALTER COLUMN xid SET DEFAULT pg_current_xact_id();
        """
    )
