"""The one-shot process `python -m SERVICE migrate`."""

from collections.abc import Mapping
from pathlib import Path

from alembic import command
from alembic.config import Config
from pydantic import SecretStr

from chassis.runner import read_settings
from chassis.settings import EnvSettings


class MigrateSettings(EnvSettings):
    """Which database."""

    database_url: SecretStr


def run_migrations(environ: Mapping[str, str], *, service: str, directory: Path) -> None:
    """Bring the database of *service* to its newest schema, by the migrations in *directory*."""
    settings = read_settings(MigrateSettings, environ, service=f"{service}-migrate")
    migrate(settings.database_url, directory)


def migrate(url: SecretStr, directory: Path) -> None:
    """Run every migration in *directory* that the database of *url* has not had yet."""
    config = Config()
    config.set_main_option("script_location", str(directory))
    config.attributes["url"] = url
    command.upgrade(config, "head")
