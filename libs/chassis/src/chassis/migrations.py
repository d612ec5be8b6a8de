"""The one-shot processes `python -m SERVICE migrate`, and `await-schema` for those who start at the same time."""

import sys
import time
from collections.abc import Mapping
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlalchemy import Engine

from chassis.database import DATABASE_ERRORS, connect
from chassis.runner import read_settings
from chassis.settings import EnvSettings
from chassis.starting import require_database
from chassis.urls import DatabaseUrl

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0


class MigrateSettings(EnvSettings):
    """Which database."""

    database_url: DatabaseUrl


def run_migrations(environ: Mapping[str, str], *, service: str, directory: Path) -> None:
    """Bring the database of *service* to its newest schema, by the migrations in *directory*."""
    name = f"{service}-migrate"
    settings = read_settings(MigrateSettings, environ, service=name)
    require_database(connect(settings.database_url, name=name, pool_size=1))
    try:
        migrate(settings.database_url, directory)
    except Exception:
        log.critical("migration_failed", exc_info=True)
        sys.exit(1)


def migrate(url: SecretStr, directory: Path) -> None:
    """Run every migration in *directory* that the database of *url* has not had yet."""
    config = Config()
    config.set_main_option("script_location", str(directory))
    config.attributes["url"] = url
    command.upgrade(config, "head")


def await_schema(environ: Mapping[str, str], *, service: str, directory: Path) -> None:
    """Return once somebody has brought the database of *service* to the schema of *directory*, or to a newer one."""
    name = f"{service}-await-schema"
    settings = read_settings(MigrateSettings, environ, service=name)
    engine = connect(settings.database_url, name=name, pool_size=1)
    while not _is_there(engine, directory):
        time.sleep(POLL_SECONDS)


def _is_there(engine: Engine, directory: Path) -> bool:
    try:
        is_there = has_schema(engine, directory)
    except DATABASE_ERRORS as error:
        log.warning("database_awaited", error=repr(error))
        return False
    if not is_there:
        log.info("schema_awaited")
    return is_there


def has_schema(engine: Engine, directory: Path) -> bool:
    """Whether the database has had every migration in *directory*."""
    scripts = ScriptDirectory(str(directory))
    known = {script.revision for script in scripts.walk_revisions()}
    with engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    # One that nobody here knows is of a later release, which has been gone back from.
    return revision is not None and (revision == scripts.get_current_head() or revision not in known)
