"""The messages service does not start half set up."""

import pytest

from chassis.settings import SettingsError
from messages.settings import ConsumerSettings, WebSettings

COMPLETE = {
    "DATABASE_URL": "postgresql://ann:hunter2@db",
    "AMQP_URL": "amqp://ann:hunter2@mq",
    "AUTH_URL": "http://auth:8000",
    "RENDERER_URL": "http://renderer-api:8001",
    "SERVICE_CREDENTIAL": "open sesame",
}


@pytest.mark.parametrize("name", COMPLETE)
def test_the_api_needs_its_database_the_broker_and_other_services(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is missing"):
        WebSettings.from_env({**COMPLETE, name: ""})


@pytest.mark.parametrize("name", ["DATABASE_URL", "AMQP_URL"])
def test_the_consumer_needs_its_database_and_the_broker(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is missing"):
        ConsumerSettings.from_env({**COMPLETE, name: ""})


def test_no_secret_is_shown() -> None:
    shown = repr(WebSettings.from_env(COMPLETE)) + repr(ConsumerSettings.from_env(COMPLETE))
    assert "hunter2" not in shown
    assert "sesame" not in shown


def test_anybody_may_read_unless_it_is_forbidden() -> None:
    assert WebSettings.from_env(COMPLETE).anonymous_read
    assert not WebSettings.from_env({**COMPLETE, "ANONYMOUS_READ": "false"}).anonymous_read
