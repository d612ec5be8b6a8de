"""Push does not start half set up."""

import pytest

from chassis.settings import SettingsError
from push.settings import WebSettings

COMPLETE = {
    "AMQP_URL": "amqp://ann:hunter2@mq",
    "AUTH_URL": "http://auth:8001",
    "MESSAGES_URL": "http://messages:8001",
    "SERVICE_CREDENTIAL": "open sesame",
}


@pytest.mark.parametrize("name", COMPLETE)
def test_push_needs_the_broker_and_the_other_services(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is missing"):
        WebSettings.from_env({**COMPLETE, name: ""})


def test_no_secret_is_shown() -> None:
    shown = repr(WebSettings.from_env(COMPLETE))
    assert "hunter2" not in shown
    assert "sesame" not in shown


def test_anybody_may_read_unless_it_is_forbidden() -> None:
    assert WebSettings.from_env(COMPLETE).anonymous_read
    assert not WebSettings.from_env({**COMPLETE, "ANONYMOUS_READ": "false"}).anonymous_read


@pytest.mark.parametrize(
    ("listed", "origins"),
    [
        ("", set()),
        ("https://chat.example", {"https://chat.example"}),
        ("https://chat.example, http://localhost:3000,", {"https://chat.example", "http://localhost:3000"}),
    ],
)
def test_origins_are_listed_with_commas_between_them(listed: str, origins: set[str]) -> None:
    assert WebSettings.from_env({**COMPLETE, "ALLOWED_ORIGINS": listed}).origins == origins
