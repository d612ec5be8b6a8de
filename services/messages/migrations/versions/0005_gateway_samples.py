"""How many requests the gateway has answered, as it was told from time to time."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the samples; a crash may forget them."""
    op.execute(
        """
        CREATE UNLOGGED TABLE gateway_samples (
            gateway text NOT NULL,
            sampled_at timestamptz NOT NULL,
            requests bigint NOT NULL,
            PRIMARY KEY (gateway, sampled_at)
        )
        """
    )
