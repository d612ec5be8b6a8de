"""Registrations whose answer may not have arrived."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add them; each is there for a moment only, unless a process dies in that moment."""
    op.execute(
        """
        CREATE TABLE registrations (
            user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
            begun_at timestamptz NOT NULL
        )
        """
    )
