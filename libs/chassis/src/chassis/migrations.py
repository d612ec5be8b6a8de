"""The one-shot process `python -m SERVICE migrate`."""

import sys
from collections.abc import Mapping
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from pydantic import SecretStr

from chassis.database import connect
from chassis.runner import read_settings
from chassis.settings import EnvSettings
from chassis.starting import require_database
from chassis.urls import DatabaseUrl

log = structlog.get_logger(__name__)


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
