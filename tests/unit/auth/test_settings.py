"""Auth does not start without its secrets."""

import pytest
from cryptography.fernet import Fernet

from auth.settings import WebSettings
from chassis.settings import SettingsError

KEY = Fernet.generate_key().decode()
COMPLETE = {"DATABASE_URL": "postgresql://db", "KEY_ENCRYPTION_KEY": KEY, "SERVICE_CREDENTIAL": "open sesame"}


@pytest.mark.parametrize("name", COMPLETE)
def test_a_secret_has_no_default(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is missing"):
        WebSettings.from_env({**COMPLETE, name: ""})


NO_KEYS = {
    "a word": "secret",
    "too short": "A" * 42,
    "too long": "A" * 44,
    "twice": KEY + KEY,
    "not ASCII": "ключ",
    "PEM": "-----BEGIN PRIVATE KEY-----",
}


@pytest.mark.parametrize("key", NO_KEYS.values(), ids=NO_KEYS)
def test_what_cannot_seal_a_key_is_refused(key: str) -> None:
    with pytest.raises(SettingsError, match="KEY_ENCRYPTION_KEY") as refusal:
        WebSettings.from_env({**COMPLETE, "KEY_ENCRYPTION_KEY": key})
    assert key not in str(refusal.value)


@pytest.mark.parametrize("key", [KEY, KEY.rstrip("=")], ids=["with", "without"])
def test_padding_makes_no_difference(key: str) -> None:
    assert WebSettings.from_env({**COMPLETE, "KEY_ENCRYPTION_KEY": key})


@pytest.mark.parametrize("seconds", ["0", "-1", "an hour", "86401"])
def test_a_token_lives_for_a_while_and_no_longer_than_a_day(seconds: str) -> None:
    with pytest.raises(SettingsError, match="TOKEN_SECONDS"):
        WebSettings.from_env({**COMPLETE, "TOKEN_SECONDS": seconds})


def test_no_secret_is_shown() -> None:
    shown = repr(WebSettings.from_env(COMPLETE))
    assert not any(value in shown for value in COMPLETE.values())
