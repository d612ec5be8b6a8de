"""Auth does not start without its secrets."""

import pytest

from auth.settings import WebSettings
from chassis.settings import SettingsError

COMPLETE = {"DATABASE_URL": "postgresql://db", "SIGNING_KEY": "pem", "SERVICE_CREDENTIAL": "open sesame"}


@pytest.mark.parametrize("name", COMPLETE)
def test_a_secret_has_no_default(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is missing"):
        WebSettings.from_env({**COMPLETE, name: ""})


def test_no_secret_is_shown() -> None:
    shown = repr(WebSettings.from_env(COMPLETE))
    assert not any(value in shown for value in COMPLETE.values())
