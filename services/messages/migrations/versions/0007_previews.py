"""Previews of links, and messages that cannot be rendered."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add them; no row is written, and the rows are looked through while others write."""
    op.execute(
        """
        ALTER TABLE messages
            ADD COLUMN previews jsonb NOT NULL DEFAULT '[]',
            DROP CONSTRAINT messages_status_check,
            ADD CONSTRAINT messages_status_check CHECK (status IN ('posted', 'rendered', 'unrenderable')) NOT VALID
        """
    )
    op.execute("ALTER TABLE messages VALIDATE CONSTRAINT messages_status_check")
