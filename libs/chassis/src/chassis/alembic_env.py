"""What a service's `migrations/env.py` runs: one transaction, one migrating process at a time."""

from alembic import context
from sqlalchemy import text

from chassis.database import connect

# Any number will do, as long as all who migrate take the same.
MIGRATION_LOCK = 0x666C61636B
WAIT_FOR_LOCK = text("SELECT pg_advisory_xact_lock(:lock)")


def run() -> None:
    """Run the migrations that Alembic was asked for."""
    engine = connect(context.config.attributes["url"], name="migrate", pool_size=1)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(WAIT_FOR_LOCK, {"lock": MIGRATION_LOCK})
        context.configure(connection=connection)
        context.run_migrations()
    engine.dispose()
