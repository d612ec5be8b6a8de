"""Versions of users."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add them, all 1 so far; no row is written.

    They grow with what the change feed tells of: nobody drops a change for having seen it, and nobody can forget to
    count. That somebody was there is none.
    """
    op.execute(
        """
        ALTER TABLE users ADD COLUMN version bigint NOT NULL DEFAULT 1;

        CREATE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.changed_xid = pg_current_xact_id();
            NEW.version = OLD.version + 1;
            RETURN NEW;
        END
        $$;

        DROP TRIGGER set_changed_xid ON users;
        CREATE TRIGGER set_changed_xid BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION set_changed_xid();
        CREATE TRIGGER count_change
            BEFORE UPDATE OF nickname, nickname_key, created_at, updated_at, online, version, changed_xid ON users
            FOR EACH ROW EXECUTE FUNCTION count_change();
        ALTER TABLE users ENABLE ALWAYS TRIGGER set_changed_xid, ENABLE ALWAYS TRIGGER count_change;
        """
    )
