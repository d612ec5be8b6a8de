"""The change feed: each user and message knows the transaction that changed it last."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Number the changes, those so far with the transaction of this migration.

    The default is evaluated once, so no row is written; it goes, because from here on the triggers answer for the
    column, whoever writes by whichever way. ALWAYS: rows that come through logical replication get an xid of this
    cluster, too.
    """
    op.execute(
        """
        CREATE FUNCTION set_changed_xid() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.changed_xid = pg_current_xact_id();
            RETURN NEW;
        END
        $$;
        """
    )
    for table in ("users", "messages"):
        op.execute(
            f"""
            ALTER TABLE {table} ADD COLUMN changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id();
            ALTER TABLE {table} ALTER COLUMN changed_xid DROP DEFAULT;
            CREATE TRIGGER set_changed_xid BEFORE INSERT OR UPDATE ON {table}
                FOR EACH ROW EXECUTE FUNCTION set_changed_xid();
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER set_changed_xid;
            CREATE INDEX ix_{table}_changed_xid ON {table} (changed_xid, id);
            """
        )
