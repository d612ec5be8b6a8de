"""A URL that makes no sense is refused by its name, and none of it is repeated."""

import pytest

from chassis.settings import EnvSettings, SettingsError
from chassis.urls import AmqpUrl, DatabaseUrl


class Settings(EnvSettings):
    """Where the backing services are."""

    database_url: DatabaseUrl
    amqp_url: AmqpUrl


GOOD = {"DATABASE_URL": "postgresql://ann:hunter2@db:5432/chat", "AMQP_URL": "amqp://ann:hunter2@mq:5672/%2F"}


@pytest.mark.parametrize(
    "url", ["postgresql://db", "postgresql+psycopg2://ann@db/chat", "postgresql:///chat?host=/run"]
)
def test_a_database_may_be_named_as_postgres_allows(url: str) -> None:
    assert Settings.from_env({**GOOD, "DATABASE_URL": url}).database_url.get_secret_value() == url


@pytest.mark.parametrize("url", ["amqp://mq", "amqps://ann:x@mq:5671/chat"])
def test_a_broker_may_be_named_as_amqp_allows(url: str) -> None:
    assert Settings.from_env({**GOOD, "AMQP_URL": url}).amqp_url.get_secret_value() == url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "hunter2"),
        ("DATABASE_URL", "mysql://ann:hunter2@db/chat"),
        ("DATABASE_URL", "postgresql://ann:hunter2"),
        ("AMQP_URL", "hunter2"),
        ("AMQP_URL", "http://ann:hunter2@mq"),
        ("AMQP_URL", "amqp://"),
        ("AMQP_URL", "amqp://ann:hunter2/@mq"),
        ("AMQP_URL", "amqp://mq:99999"),
    ],
)
def test_what_makes_no_sense_is_refused_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name}: .* is not like ") as refusal:
        Settings.from_env({**GOOD, name: value})
    assert "hunter2" not in str(refusal.value)
