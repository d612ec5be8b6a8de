"""Settings that say where something is: refused when they make no sense, never repeated, for they hold passwords."""

from typing import Annotated, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError


def _check_database_url(given: SecretStr) -> SecretStr:
    try:
        is_postgres = make_url(given.get_secret_value()).get_backend_name() == "postgresql"
    except (ArgumentError, ValueError):
        is_postgres = False
    if not is_postgres:
        raise ValueError("is not like postgresql://role:password@host:port/database, with its odd characters escaped")
    return given


def _check_amqp_url(given: SecretStr) -> SecretStr:
    try:
        parts = urlsplit(given.get_secret_value())
        is_amqp = parts.scheme in {"amqp", "amqps"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_amqp = False
    if not is_amqp:
        raise ValueError("is not like amqp://user:password@host:port/vhost, with its odd characters escaped")
    return given


DatabaseUrl: TypeAlias = Annotated[SecretStr, AfterValidator(_check_database_url)]
AmqpUrl: TypeAlias = Annotated[SecretStr, AfterValidator(_check_amqp_url)]
