"""Previews of links, and messages that cannot be rendered."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add them; no row is written, and none is read: the new constraint allows all that the old one did."""
    op.execute(
        """
        ALTER TABLE messages
            ADD COLUMN previews jsonb NOT NULL DEFAULT '[]',
            DROP CONSTRAINT messages_status_check,
            ADD CONSTRAINT messages_status_check CHECK (status IN ('posted', 'rendered', 'unrenderable')) NOT VALID
        """
    )
