"""Which images the containers of integration tests are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Images:
    """By default those of docker-compose.yml."""

    postgres: str = "postgres:18"
    rabbitmq: str = "rabbitmq:4.3-management"

    @classmethod
    def chosen_by(cls, environ: Mapping[str, str]) -> Self:
        """Return those that POSTGRES_IMAGE and RABBITMQ_IMAGE name; unset or empty, they leave the default."""
        return cls(
            postgres=environ.get("POSTGRES_IMAGE") or cls.postgres,
            rabbitmq=environ.get("RABBITMQ_IMAGE") or cls.rabbitmq,
        )
