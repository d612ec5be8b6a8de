"""A credential whose nickname went to somebody else is kept."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Let a credential be without a nickname."""
    op.execute("ALTER TABLE credentials ALTER COLUMN nickname_key DROP NOT NULL")
